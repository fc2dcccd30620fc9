"""What was published lands as a source: once, only what changed, also where the publication's process was killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from connectors.ecosystem import own_records
from connectors.ecosystem.publications import first_publications
from connectors.landing import list_batches
from ecosystem.paths import Home, project_root
from publishing.own_records import BATCHES, VALUES
from publishing.publish import publish

DAY_ONE = datetime(2026, 6, 1, 18, tzinfo=UTC)
Publish = Callable[..., str]
Values = dict[str, tuple[float | None, int | None]]


@pytest.fixture
def make_day(home: Home, make_build: Callable[..., str]) -> Publish:
    """Makes a build of that day whose vendor_month holds one share for each vendor given; returns its id."""

    def make(day: int, shares: Values, version: int = 1) -> str:
        build_id = make_build(day=day, rows=10)
        rows = ", ".join(
            f"('{vendor}', date '2026-05-01', {'null' if share is None else share}::double, {n or 0}::bigint)"
            for vendor, (share, n) in shares.items()
        )
        with duckdb.connect(str(home.warehouse_file)) as connection:
            connection.execute(
                "create table marts.vendor_month as select * from (values"
                f" {rows}) as months (vendor_key, month, on_time, on_time_n)"
            )
            connection.execute(
                f"create table marts.kpi_definition as select 'otd' as definition_id, {version} as definition_version"
            )
        return build_id

    for name in ("vendor_month", "kpi_definition"):
        _describe(home, name)
    return make


def _describe(home: Home, name: str) -> None:
    file = home.warehouse_dir / "dbt" / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    meta = {"unit": "share", "definition": "otd"}
    manifest["nodes"][f"model.p.{name}"] = manifest["nodes"]["model.p.dim_vendor"] | {
        "name": name,
        "fqn": ["p", "marts", name],
        "columns": {"on_time": {"description": "On time.", "config": {"meta": meta}}},
    }
    file.write_text(json.dumps(manifest), encoding="utf-8")


def landed(home: Home) -> list[tuple]:
    """Vendor, value, n, change number, previous value and withdrawn of every landed value, in the order of landing."""
    batches = own_records.landed(home, VALUES)
    if not batches:
        return []
    return duckdb.sql(
        "select vendor_key, value, n, change_number, previous_value, is_withdrawn from read_parquet("
        f"{[str(batch.path) for batch in batches]}) order by _extracted_at, vendor_key"
    ).fetchall()


def test_a_first_publication_lands_each_value_and_publishing_it_again_nothing(home: Home, make_day: Publish) -> None:
    build_id = make_day(1, {"a": (0.5, 4), "b": (None, 3), "c": (None, 0)})
    publish(home)
    assert landed(home) == [("a", 0.5, 4, 0, None, False), ("b", None, 3, 0, None, False)], "c has nothing to tell"
    (batch,) = own_records.landed(home, VALUES)
    assert (batch.run_id, batch.extracted_at) == (build_id, DAY_ONE + timedelta(microseconds=1))
    assert duckdb.sql(
        "select distinct value_key, mart, metric_id, period, definition_id, definition_version, published_at::varchar"
        f" from read_parquet('{batch.path}') where vendor_key = 'a'"
    ).fetchall() == [
        ("vendor_month|on_time|a|2026-05-01", "vendor_month", "on_time", date(2026, 5, 1), "otd", 1,
         "2026-06-01 18:00:00+00")
    ]  # fmt: skip
    before = list_batches(home.landing)
    publish(home)
    (home.published / "landed").unlink()
    publish(home)
    assert list_batches(home.landing) == before


def test_only_what_differs_from_the_last_publication_lands_and_what_is_gone_is_withdrawn(
    home: Home, make_day: Publish
) -> None:
    make_day(1, {"a": (0.5, 4), "b": (0.25, 4), "c": (1, 1)})
    publish(home)
    make_day(2, {"a": (0.5 + 1e-12, 4), "b": (0.5, 4)})
    publish(home)
    assert landed(home)[3:] == [("b", 0.5, 4, 1, 0.25, False), ("c", None, None, 1, 1, True)]
    make_day(3, {"a": (0.5, 4), "b": (0.5, 4), "c": (1, 1)})
    publish(home)
    assert landed(home)[5:] == [("c", 1, 1, 2, None, False)]


def test_a_publication_without_news_lands_no_value(home: Home, make_day: Publish) -> None:
    for day in (1, 2, 3):
        make_day(day, {"a": (0.5, 4)})
        publish(home)
    assert len(landed(home)) == 1
    assert len(own_records.landed(home, VALUES)) == 1


def test_another_version_of_the_definition_is_a_change(home: Home, make_day: Publish) -> None:
    make_day(1, {"a": (0.5, 4)})
    publish(home)
    make_day(2, {"a": (0.5, 4)}, version=2)
    publish(home)
    assert landed(home) == [("a", 0.5, 4, 0, None, False), ("a", 0.5, 4, 1, 0.5, False)]


def test_each_landed_batch_is_recorded_with_the_publication_that_showed_it_first(home: Home, make_day: Publish) -> None:
    builds = []
    for day in (1, 2):
        builds.append(make_day(day, {"a": (0.5, 4)}))
        publish(home)
    files = [str(batch.path) for batch in own_records.landed(home, BATCHES)]
    rows = duckdb.sql(f"select batch_id, build_id, code_hash from read_parquet({files}) order by batch_id").fetchall()
    assert rows == [("00000001-00000000", builds[0], "hash"), ("00000002-00000000", builds[1], "hash")]
    assert first_publications(home)["00000002-00000000"] == DAY_ONE + timedelta(days=1)


# Dies at the n-th file that is put in its place: marts, link, own records.
CHILD = """
import os, signal, sys
from pathlib import Path
from ecosystem.paths import Home
from publishing.publish import publish

last, calls = int(sys.argv[2]), 0

def counted(original):
    def call(*arguments, **options):
        global calls
        calls += 1
        if calls == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **options)
    return call

for name in ("fsync", "rename", "replace"):
    setattr(os, name, counted(getattr(os, name)))
publish(Home(Path(sys.argv[1])))
print(calls)
"""


def _publish_in_child(home: Home, last: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(home.root), str(last)],
        cwd=project_root(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"PYTHONPATH": str(project_root())},
    )


def test_a_publish_killed_after_readers_saw_it_is_told_by_the_next_one_whatever_that_publishes(
    home: Home, make_day: Publish
) -> None:
    make_day(1, {"a": (0.5, 4)})
    publish(home)
    calls = 0
    killed_before_landing = 0
    for day in range(2, 12):
        shown = make_day(day, {"a": (day / 100, day)})
        if not calls:
            calls = int(_publish_in_child(home, 0).stdout)
        else:
            # from the end backwards: the last files put in their place are the own records
            killed = _publish_in_child(home, calls - (day - 3))
            assert killed.returncode == -signal.SIGKILL, killed.stderr
        is_shown = home.current.resolve().name == shown
        is_told = landed(home)[-1][1] == day / 100
        killed_before_landing += is_shown and not is_told
        if not is_shown:
            publish(home)
    make_day(12, {"a": (0.12, 12)})
    publish(home)
    assert killed_before_landing > 1
    assert landed(home) == [
        ("a", 0.5, 4, 0, None, False),
        *(("a", day / 100, day, day - 1, (day - 1) / 100 if day > 2 else 0.5, False) for day in range(2, 13)),
    ]
