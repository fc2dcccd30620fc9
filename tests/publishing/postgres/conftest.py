"""A real server with its roles, and small publications that are written as the real ones are."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from ecosystem.paths import Home
from publishing.manifest import sha256
from publishing.tables import columns, write_duckdb_file, write_parquet
from tests.postgres_server import Server, running_postgres
from tests.serving_database import Database, drop_database, make_database

VENDORS = [f"erp:{number}" for number in range(1, 8)]
LINES_OF_A_VENDOR = 20

PROTOCOL: dict[str, Any] = {
    "own_rows": {
        "dim_vendor": {"columns": ["vendor_key", "vendor_name", "category"]},
        "fct_line": {
            "columns": ["line_key", "vendor_key", "note", "amount", "due_date", "kind"],
            "except": {"kind": ["internal"]},
        },
        "vendor_month": {"columns": ["vendor_key", "category", "month", "otd", "otd_n"]},
    },
    "for_everyone": {"kpi_definition": {"columns": ["definition_id", "name"]}},
    "peers": {"vendor_month": {"period": "month", "columns": ["otd"]}},
}

TABLES = {
    "dim_vendor": "vendor_key varchar, vendor_name varchar, category varchar, segment varchar",
    "fct_line": (
        "line_key varchar, vendor_key varchar, note varchar, amount decimal(18, 3), price double, due_date date,"
        " seen_at timestamp, is_open boolean, lines bigint, rank integer, kind varchar"
    ),
    "kpi_definition": "definition_id varchar, name varchar, owner varchar",
    "stock": "stock_key varchar, quantity double",
    "vendor_month": "vendor_key varchar, category varchar, month date, otd double, otd_n bigint, rank integer",
}
KEYS = {
    "dim_vendor": ["vendor_key"],
    "fct_line": ["line_key"],
    "kpi_definition": ["definition_id"],
    "stock": ["stock_key"],
    "vendor_month": ["vendor_key", "month"],
}
UNITS = {"otd": "share", "otd_n": "lines"}

Rows = dict[str, list[tuple[Any, ...]]]


def rows_of_the_first_day() -> Rows:
    """Seven vendors of one category, the last with a name that no text is safe from; an order line without a vendor."""
    odd = 'Quote " comma, semi; <b>bold</b>\nsecond line \\ back \u202egnirts =1+1'
    vendors = [
        (key, odd if key == VENDORS[-1] else f"Vendor {number}", "Steel", None if number % 2 else "")
        for number, key in enumerate(VENDORS, start=1)
    ]
    lines = [
        (
            f"{vendor}/{line}",
            vendor,
            {0: None, 1: "", 3: "a withheld note"}.get(line, f'note of {vendor} "{line}",\n\\.'),
            number * 1000 + line,
            float("nan") if line == 2 else 0.1 * line,
            date(2026, 6, 1 + line % 28),
            datetime(2026, 6, 1, 12, 30, line, 123456),  # noqa: DTZ001 - as the marts have it
            line % 2 == 0,
            line,
            number,
            "internal" if line == 3 else None if line == 4 else "order",
        )
        for number, vendor in enumerate(VENDORS, start=1)
        for line in range(LINES_OF_A_VENDOR)
    ]
    lines.append(("none/1", None, "of no vendor", 1, 1.0, None, None, None, None, None, "order"))
    months = [
        (vendor, "Steel", date(2026, month, 1), 0.5 + number / 100, 40, number)
        for number, vendor in enumerate(VENDORS)
        for month in (5, 6)
    ]
    return {
        "dim_vendor": vendors,
        "fct_line": lines,
        "kpi_definition": [("otd", "On-time delivery", "Olga Owner")],
        "stock": [("s1", 1.5)],
        "vendor_month": months,
    }


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_postgres("dba") as running:
        yield running


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    database = make_database(server)
    yield database
    drop_database(database)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    return make_home(tmp_path, monkeypatch)


def make_home(folder: Path, patch: pytest.MonkeyPatch) -> Home:
    """An empty state directory, and the protocol of these tests as the configuration."""
    config = folder / "config"
    config.mkdir()
    (config / "sharing.yml").write_text(yaml.safe_dump(PROTOCOL), encoding="utf-8")
    patch.setenv("ECOSYSTEM_CONFIG", str(config))
    home = Home(folder / "var")
    (home.published / "builds").mkdir(parents=True)
    return home


PublicationWriter = Callable[..., Path]


@pytest.fixture
def write_publication(home: Home) -> PublicationWriter:
    return partial(write_current, home)


def write_current(
    home: Home, day: int, rows: Rows, tables: Mapping[str, str] = TABLES, keys: Mapping[str, Sequence[str]] = KEYS
) -> Path:
    """Write a publication of ``rows`` as `ecosystem publish` does, and make it current."""
    folder = home.published / "builds" / f"202606{day:02d}T180000Z-0123456789ab"
    folder.mkdir()
    with duckdb.connect() as connection:
        for name, declared in tables.items():
            connection.execute(f"create table {name} ({declared})")
            if rows[name]:
                marks = ", ".join("?" * len(rows[name][0]))
                connection.executemany(f"insert into {name} values ({marks})", rows[name])
            write_parquet(connection, name, folder / f"{name}.parquet")
        marts = {name: _described(connection, folder, name, tables[name], keys[name]) for name in tables}
        write_duckdb_file(connection, {name: (name, "") for name in tables}, folder / "ecosystem.duckdb")
    manifest = {
        "build_id": folder.name,
        "as_of": f"2026-06-{day:02d}T18:00:00Z",
        "code_hash": "hash",
        "marts": marts,
        "duckdb": {"file": "ecosystem.duckdb"},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    home.current.unlink(missing_ok=True)
    home.current.symlink_to(folder)
    return folder


def _described(
    connection: duckdb.DuckDBPyConnection, folder: Path, name: str, declared: str, key: Sequence[str]
) -> dict[str, Any]:
    names_a_vendor = "vendor_key varchar" in declared and name != "dim_vendor"
    return {
        "file": f"{name}.parquet",
        "sha256": sha256(folder / f"{name}.parquet"),
        "area": "delivery",
        "description": f"What's in {name}.",
        "primary_key": list(key),
        "references": [{"column": "vendor_key", "mart": "dim_vendor", "field": "vendor_key"}] if names_a_vendor else [],
        "columns": [
            {
                **column,
                "description": f"It's {column['name']}.",
                "unit": UNITS.get(column["name"], "key"),
                "definition": "",
                "is_required": column["name"] in key and column["name"] != "optional",
            }
            for column in columns(connection, name)
        ],
        "is_stale": name == "stock",
    }
