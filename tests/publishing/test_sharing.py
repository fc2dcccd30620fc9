"""A vendor sees its own rows and shared columns, and figures of peers only where enough others have one."""

import json
from pathlib import Path

import duckdb
import pytest

from config.sharing import SharingSettings
from ecosystem.errors import UsageError
from publishing.shared_views import shared_views, vendor_queries
from publishing.sharing import PEER_COLUMNS, sharing_of

VENDORS = [f"erp:{number}" for number in range(1, 8)]


def columns(*names: str) -> list[dict]:
    return [{"name": name, "type": "VARCHAR", "unit": "share" if name == "otd" else "key"} for name in names]


MARTS = {
    "dim_vendor": {"columns": columns("vendor_key", "category", "segment")},
    "kpi": {"columns": columns("metric", "pillar")},
    "month": {"columns": columns("vendor_key", "category", "month", "pillar", "otd", "secret")},
}


def settings(**changes: object) -> SharingSettings:
    whole = {
        "own_rows": {
            "dim_vendor": {"columns": ["vendor_key", "category"]},
            "month": {"columns": ["vendor_key", "month", "otd"], "except": {"pillar": ["people", "it's"]}},
        },
        "for_everyone": {"kpi": {"columns": ["metric"]}},
        "peers": {"month": {"period": "month", "columns": ["otd"], "only": {"pillar": ["delivery"]}}},
    }
    return SharingSettings.model_validate(whole | changes)


@pytest.fixture
def publication(tmp_path: Path) -> Path:
    """Seven vendors: five and the first in 'Steel', one in 'Paper'; no. 7 has no figure of delivery."""
    with duckdb.connect(str(tmp_path / "ecosystem.duckdb")) as connection:
        connection.execute("create table dim_vendor (vendor_key varchar, category varchar, segment varchar)")
        connection.execute("create table kpi as select 'otd' as metric, 'delivery' as pillar")
        connection.execute(
            "create table month (vendor_key varchar, category varchar, month date, pillar varchar, otd double,"
            " secret varchar)"
        )
        for number, vendor in enumerate(VENDORS):
            category = "Paper" if number == 6 else "Steel"
            connection.execute("insert into dim_vendor values (?, ?, 'S')", [vendor, category])
            for pillar, value in (("delivery", 0.5 + number / 100), ("people", 0.1), ("it's", 0.2), (None, 0.3)):
                connection.execute(
                    "insert into month values (?, ?, date '2026-06-01', ?, ?, 'x')", [vendor, category, pillar, value]
                )
    manifest = {"marts": MARTS, "duckdb": {"file": "ecosystem.duckdb"}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return tmp_path


def test_a_vendor_sees_its_own_rows_and_columns_and_none_that_are_withheld(publication: Path):
    with shared_views(publication, settings()) as (connection, sharing):
        for number, vendor in enumerate(VENDORS):
            queries = vendor_queries(sharing, vendor)
            assert set(queries) == {"dim_vendor", "month", "kpi", "month_peers"}
            found = connection.execute(queries["month"])
            assert [column[0] for column in found.description] == ["vendor_key", "month", "otd"]
            assert [(row[0], row[2]) for row in found.fetchall()] == [(vendor, 0.5 + number / 100)]
            assert connection.execute(queries["dim_vendor"]).fetchall() == [
                (vendor, "Paper" if number == 6 else "Steel")
            ]
            assert connection.execute(queries["kpi"]).fetchall() == [("otd",)]


def test_peers_are_told_only_where_enough_other_vendors_have_a_figure(publication: Path):
    with shared_views(publication, settings()) as (connection, sharing):
        queries = vendor_queries(sharing, VENDORS[0])
        found = connection.execute(queries["month_peers"])
        assert [column[0] for column in found.description] == list(PEER_COLUMNS)
        # 0.50 to 0.55: quartiles 0.5125, 0.525 and 0.5375, told to two digits.
        assert [row[2:] for row in found.fetchall()] == [("otd", 6, 0.51, 0.53, 0.54)]
        assert connection.execute(vendor_queries(sharing, VENDORS[6])["month_peers"]).fetchall() == []
    with shared_views(publication, settings(other_vendors_at_least=6)) as (connection, _sharing):
        assert connection.execute("select count(*) from share.month_peers").fetchone() == (0,)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"own_rows": {"gone": {"columns": ["vendor_key"]}}}, "mart gone"),
        ({"own_rows": {"month": {"columns": ["vendor_key", "gone"]}}}, "month has no column gone"),
        ({"own_rows": {"month": {"columns": ["vendor_key"], "except": {"gone": [1]}}}}, "month has no column gone"),
        ({"own_rows": {"month": {"columns": ["otd"]}}}, "must share vendor_key"),
        ({"for_everyone": {"month": {"columns": ["otd"]}}}, "holds rows of vendors"),
        ({"peers": {"month": {"period": "month", "columns": ["secret"]}}}, "unit 'key'"),
        ({"peers": {"kpi": {"period": "metric", "columns": ["pillar"]}}}, "kpi has no column vendor_key"),
    ],
)
def test_a_protocol_that_does_not_fit_the_publication_is_refused(changes: dict, words: str):
    with pytest.raises(UsageError, match=words):
        sharing_of(settings(**changes), MARTS)
