"""PostgreSQL holds exactly what is published, changes as a whole, and writes only what differs."""

import math
from typing import Any

import psycopg
import pytest

from ecosystem.errors import EcosystemError, UsageError
from ecosystem.paths import Home
from publishing.postgres.publish import publish_to_postgres
from tests.publishing.postgres.conftest import KEYS, LINES_OF_A_VENDOR, TABLES, VENDORS, rows_of_the_first_day


def same(value: Any) -> Any:
    return "nan" if isinstance(value, float) and math.isnan(value) else value


def held(connection: psycopg.Connection, table: str) -> list[tuple[Any, ...]]:
    found = connection.execute(f"select * from marts.{table}").fetchall()
    return sorted([tuple(map(same, row)) for row in found], key=repr)


def told(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted([tuple(map(same, row)) for row in rows], key=repr)


def test_buyers_read_every_row_as_it_was_published(home: Home, database, write_publication):
    rows = rows_of_the_first_day()
    write_publication(1, rows)
    served = publish_to_postgres(home, database.url)
    assert (served.build_id, served.tables, served.findings) == ("20260601T180000Z-0123456789ab", 7, ())
    assert {name: loaded.sent for name, loaded in served.written.items()} == {
        **{name: len(content) for name, content in rows.items()},
        "vendor_month_peers": 2,
        "publication": 1,
    }
    with database.buyer() as buyer:
        for table, content in rows.items():
            assert len(content) > 0
            assert held(buyer, table) == told(content)
        assert buyer.execute("select build_id, as_of::text, stale_marts from marts.publication").fetchall() == [
            ("20260601T180000Z-0123456789ab", "2026-06-01 18:00:00", 1)
        ]


def test_keys_foreign_keys_and_comments_are_those_of_the_contracts(home: Home, database, write_publication):
    write_publication(1, rows_of_the_first_day())
    publish_to_postgres(home, database.url)
    with database.admin() as buyer:
        found = buyer.execute(
            "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint"
            " where connamespace = 'marts'::regnamespace order by 1, 2"
        ).fetchall()
        assert found == [
            ("marts.dim_vendor", "PRIMARY KEY (vendor_key)"),
            (
                "marts.fct_line",
                "FOREIGN KEY (vendor_key) REFERENCES marts.dim_vendor(vendor_key) DEFERRABLE INITIALLY DEFERRED",
            ),
            ("marts.fct_line", "PRIMARY KEY (line_key)"),
            ("marts.kpi_definition", "PRIMARY KEY (definition_id)"),
            ("marts.publication", "PRIMARY KEY (build_id)"),
            ("marts.stock", "PRIMARY KEY (stock_key)"),
            (
                "marts.vendor_month",
                "FOREIGN KEY (vendor_key) REFERENCES marts.dim_vendor(vendor_key) DEFERRABLE INITIALLY DEFERRED",
            ),
            ("marts.vendor_month", "PRIMARY KEY (vendor_key, month)"),
            ("marts.vendor_month_peers", "PRIMARY KEY (category, period, metric_id)"),
        ]
        for place in ("marts.vendor_month", "share.vendor_month"):
            described = "select obj_description(%s::regclass), col_description(%s::regclass, 1)"
            assert buyer.execute(described, [place, place]).fetchone() == (
                "What's in vendor_month.",
                "It's vendor_key. [key]",
            )


def test_only_what_differs_is_written(home: Home, database, write_publication):
    rows = rows_of_the_first_day()
    write_publication(1, rows)
    publish_to_postgres(home, database.url)
    with database.admin() as admin:
        untouched = "select line_key, xmin::text from marts.fct_line where vendor_key = 'erp:2' order by 1"
        before = admin.execute(untouched).fetchall()
        rows["fct_line"] = [
            (*row[:2], "changed", *row[3:]) if row[0] == "erp:1/5" else row
            for row in rows["fct_line"]
            if row[0] != "erp:1/6"
        ]
        rows["fct_line"].append(("erp:1/new", *rows["fct_line"][0][1:]))
        rows["dim_vendor"][0] = (VENDORS[0], "A new name", "Steel", None)
        write_publication(2, rows)
        served = publish_to_postgres(home, database.url)
        changed = {name: (one.inserted, one.updated, one.deleted) for name, one in served.written.items()}
        assert changed == {"fct_line": (1, 1, 1), "dim_vendor": (0, 1, 0), "publication": (1, 0, 1)}
        assert admin.execute(untouched).fetchall() == before
        assert len(before) == LINES_OF_A_VENDOR
    with database.buyer() as buyer:
        for table, content in rows.items():
            assert held(buyer, table) == told(content)
    assert publish_to_postgres(home, database.url).written == {}


def test_a_reader_sees_one_publication_never_half_of_one_or_an_empty_table(home: Home, database, write_publication):
    rows = rows_of_the_first_day()
    write_publication(1, rows)
    publish_to_postgres(home, database.url)
    with database.buyer() as slow:
        slow.autocommit = False
        slow.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        assert slow.execute("select build_id from marts.publication").fetchone() == ("20260601T180000Z-0123456789ab",)
        tables = TABLES | {"fct_line": TABLES["fct_line"] + ", extra varchar"}
        later = {name: content[:-1] if name == "vendor_month" else content for name, content in rows.items()}
        write_publication(2, later | {"fct_line": [(*row, "more") for row in rows["fct_line"]]}, tables)
        publish_to_postgres(home, database.url)
        # The names were not used yet in this transaction: it would meet new tables, were there any.
        assert held(slow, "vendor_month") == told(rows["vendor_month"])
        assert slow.execute("select count(*), count(extra) from marts.fct_line").fetchone() == (
            len(rows["fct_line"]),
            0,
        )
        assert slow.execute("select build_id from marts.publication").fetchone() == ("20260601T180000Z-0123456789ab",)
        slow.rollback()
        assert slow.execute("select count(*), count(extra) from marts.fct_line").fetchone() == (
            len(rows["fct_line"]),
            len(rows["fct_line"]),
        )


def test_a_publication_that_contradicts_its_contract_leaves_the_former_one(home: Home, database, write_publication):
    rows = rows_of_the_first_day()
    write_publication(1, rows)
    publish_to_postgres(home, database.url)
    broken = rows | {"dim_vendor": rows["dim_vendor"][1:], "kpi_definition": [("otd", "New name", "Olga Owner")]}
    write_publication(2, broken)
    with pytest.raises(EcosystemError, match=r"fct_line|vendor_month.*contradicts its contract.*erp:1"):
        publish_to_postgres(home, database.url)
    with database.buyer() as buyer:
        for table, content in rows.items():
            assert held(buyer, table) == told(content)
        assert buyer.execute("select build_id from marts.publication").fetchone() == ("20260601T180000Z-0123456789ab",)


def test_a_key_that_is_there_twice_leaves_the_former_publication(home: Home, database, write_publication):
    rows = rows_of_the_first_day()
    write_publication(1, rows)
    publish_to_postgres(home, database.url)
    write_publication(2, rows | {"fct_line": [*rows["fct_line"], rows["fct_line"][0]]})
    with pytest.raises(EcosystemError, match=r"fct_line contradicts its contract.*line_key"):
        publish_to_postgres(home, database.url)
    write_publication(3, rows | {"fct_line": [("erp:1/new", *row[1:]) for row in rows["fct_line"][:2]]})
    with pytest.raises(EcosystemError, match=r"fct_line contradicts its contract.*erp:1/new"):
        publish_to_postgres(home, database.url)
    with database.buyer() as buyer:
        assert held(buyer, "fct_line") == told(rows["fct_line"])


def test_a_character_that_postgresql_cannot_hold_is_replaced_and_stops_nothing(home: Home, database, write_publication):
    rows = rows_of_the_first_day()
    rows["dim_vendor"][0] = (VENDORS[0], "Nul\x00l", "Steel", None)
    write_publication(1, rows)
    publish_to_postgres(home, database.url)
    with database.buyer() as buyer:
        query = "select vendor_name from marts.dim_vendor where vendor_key = 'erp:1'"
        assert buyer.execute(query).fetchone() == ("Nul\ufffdl",)


def test_columns_and_marts_that_come_change_and_go_are_followed(home: Home, database, write_publication):
    rows = rows_of_the_first_day()
    write_publication(1, rows)
    publish_to_postgres(home, database.url)
    tables = {name: declared for name, declared in TABLES.items() if name != "stock"} | {
        "kpi_definition": "definition_id varchar, name varchar, owner bigint, optional varchar",
        "target": "optional varchar, target double",
    }
    keys = KEYS | {"kpi_definition": ["definition_id", "name"], "target": ["optional"]}
    later = rows | {"kpi_definition": [("otd", "x", 7, None)], "target": [(None, 0.95), ("a", 0.9)]}
    write_publication(2, later, tables, keys)
    publish_to_postgres(home, database.url)
    with database.buyer() as buyer:
        for table in tables:
            assert held(buyer, table) == told(later[table])
        assert buyer.execute("select to_regclass('marts.stock')").fetchone() == (None,)
    write_publication(3, later | {"target": [(None, 0.5), ("b", 0.9)]}, tables, keys)
    changed = publish_to_postgres(home, database.url).written["target"]
    assert (changed.inserted, changed.updated, changed.deleted) == (1, 1, 1)


def test_what_cannot_be_served_is_said_in_a_sentence(home: Home, database, write_publication):
    with pytest.raises(EcosystemError, match="Nothing is published"):
        publish_to_postgres(home, database.url)
    rows = rows_of_the_first_day()
    write_publication(1, rows)
    with pytest.raises(EcosystemError, match="cannot be reached"):
        publish_to_postgres(home, f"host={database.server.folder} port=1 dbname=x user=publisher")
    with pytest.raises(EcosystemError, match="ecosystem serving setup"):
        publish_to_postgres(home, database.url.replace(database.name, "postgres"))
    write_publication(
        2, rows | {"stock": [({"a": 1}, 1.0)]}, TABLES | {"stock": "stock_key struct(a int), quantity double"}
    )
    with pytest.raises(EcosystemError, match=r"stock\.stock_key has the type STRUCT"):
        publish_to_postgres(home, database.url)
    write_publication(
        3,
        {name: content for name, content in rows.items() if name != "kpi_definition"},
        {name: declared for name, declared in TABLES.items() if name != "kpi_definition"},
    )
    with pytest.raises(UsageError, match="mart kpi_definition, which is not published"):
        publish_to_postgres(home, database.url)
