"""How fast PostgreSQL gets a mart of a million rows: the first time, with one in a hundred rows changed, and unchanged.

The limit is the same rows sent as prepared CSV into a table without keys, by the same driver, in the same run. Writes
``bench/serving.json``.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import psycopg
import pyarrow.csv as csv

from ecosystem.paths import Home, home
from publishing.manifest import sha256
from publishing.postgres.publish import publish_to_postgres
from publishing.postgres.roles import set_up
from publishing.tables import columns, write_duckdb_file, write_parquet
from tests.postgres_server import Server, running_postgres

VENDORS = 5_000
SHARING = """
own_rows:
  dim_vendor: {columns: [vendor_key]}
  fct_line: {columns: [line_key, vendor_key, purchase_order, first_promise_date, state]}
"""
# The shape of a schedule line: keys, texts, dates, quantities, values, flags.
LINES = """
    select
        'erp:' || (450000000 + number // 3) || '/' || number % 3 || '/1' as line_key,
        'erp:' || (100000 + hash(number) % {vendors}) as vendor_key,
        'Vendor ' || hash(number) % {vendors} as vendor_name,
        (450000000 + number // 3)::varchar as purchase_order,
        (number % 3)::varchar as purchase_order_line,
        '1' as schedule_line,
        'M-' || number % 20000 as material,
        'Sensor housing, type ' || number % 20000 as material_text,
        date '2023-01-01' + (number % 1200)::integer as order_date,
        date '2023-02-01' + (number % 1200)::integer as first_promise_date,
        date '2023-02-03' + (number % 1200)::integer as latest_promise_date,
        case when number % 10 > 0 then date '2023-02-05' + (number % 1200)::integer end as in_full_date,
        timestamp '2023-02-05 10:00' + interval (number % 1200) day as recorded_at,
        (number % 9 - 3)::integer as slip_days,
        case when number % 10 > 0 then 'delivered_late' else 'open' end as state,
        (number % 1000)::decimal(18, 3) as ordered_quantity,
        'EA' as quantity_unit,
        (number % 700) / 7.0 as unit_price,
        (number % 90000) / 9.0 as line_value,
        number % 7 = 0 as is_open,
        {state} as note
    from range({rows}) as numbers (number)
"""


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with TemporaryDirectory() as folder, running_postgres("dba") as server:
        (Path(folder) / "sharing.yml").write_text(SHARING, encoding="utf-8")
        os.environ["ECOSYSTEM_CONFIG"] = folder
        figures = measure(Home(Path(folder) / "var"), server, rows)
    target = home().bench / "serving.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    for name, value in figures.items():
        print(f"{name:32}{value:>14,}")  # noqa: T201
    print(f"written to {target}")  # noqa: T201


def measure(state: Home, server: Server, rows: int) -> dict[str, float]:
    """Rows a second of each way, and how near to the limit."""
    address = f"host={server.folder} port={server.port}"
    with psycopg.connect(f"{address} user=dba dbname=postgres", autocommit=True) as admin:
        admin.execute("create database serving")
    url = f"{address} user=publisher dbname=serving"
    set_up(f"{address} user=dba dbname=serving", url)

    _write_publication(state, "first", rows, "null::varchar")
    limit_s = _bare_copy(state, f"{address} user=dba dbname=postgres")
    first_s = _seconds(lambda: publish_to_postgres(state, url))
    _write_publication(state, "second", rows, "case when number % 100 = 0 then 'changed' end")
    changed_s = _seconds(lambda: publish_to_postgres(state, url))
    unchanged_s = _seconds(lambda: publish_to_postgres(state, url))
    return {
        "rows": rows,
        "rows_per_s_first": round(rows / first_s),
        "rows_per_s_one_percent_changed": round(rows / changed_s),
        "rows_per_s_bare_copy": round(rows / limit_s),
        "first_to_bare_copy": round(limit_s / first_s, 2),
        "seconds_first": round(first_s, 2),
        "seconds_one_percent_changed": round(changed_s, 2),
        "seconds_unchanged": round(unchanged_s, 2),
    }


def _seconds(run: Callable[[], object]) -> float:
    started = time.monotonic()
    run()
    return time.monotonic() - started


def _write_publication(state: Home, build_id: str, rows: int, note: str) -> None:
    folder = state.published / "builds" / build_id
    folder.mkdir(parents=True)
    tables = {"dim_vendor": ("vendor_key", ""), "fct_line": ("line_key", "dim_vendor")}
    marts = {}
    with duckdb.connect() as connection:
        connection.execute(f"create table fct_line as {LINES.format(vendors=VENDORS, rows=rows, state=note)}")
        connection.execute("create table dim_vendor as select distinct vendor_key from fct_line")
        for table, (key, refers_to) in tables.items():
            file = folder / f"{table}.parquet"
            write_parquet(connection, table, file)
            described = {"description": "", "unit": "", "definition": ""}
            marts[table] = {
                "file": file.name,
                "sha256": sha256(file),
                "description": "",
                "primary_key": [key],
                "references": [{"column": "vendor_key", "mart": refers_to, "field": "vendor_key"}] if refers_to else [],
                "columns": [
                    {**column, **described, "is_required": column["name"] == key}
                    for column in columns(connection, table)
                ],
                "is_stale": False,
            }
        write_duckdb_file(connection, {table: (table, "") for table in tables}, folder / "ecosystem.duckdb")
    manifest = {
        "build_id": build_id,
        "as_of": "2026-06-30T18:00:00Z",
        "code_hash": "",
        "marts": marts,
        "duckdb": {"file": "ecosystem.duckdb"},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    state.current.unlink(missing_ok=True)
    state.current.symlink_to(folder)


def _bare_copy(state: Home, address: str) -> float:
    """Seconds of sending the rows as CSV that was made before, into a table without keys."""
    with duckdb.connect(str(state.current / "ecosystem.duckdb"), read_only=True) as connection:
        buffer = BytesIO()
        csv.write_csv(connection.sql("from fct_line").to_arrow_table(), buffer, csv.WriteOptions(include_header=False))
        types = {"VARCHAR": "text", "DOUBLE": "double precision"}
        declared = ", ".join(
            f"{column['name']} {types.get(column['type'], column['type'])}"
            for column in columns(connection, "fct_line")
        )
    with psycopg.connect(address) as bare:
        bare.execute(f"create table bare ({declared})")

        def send() -> None:
            with bare.cursor().copy("copy bare from stdin (format csv)") as copy:
                copy.write(buffer.getbuffer())
            bare.commit()

        return _seconds(send)


if __name__ == "__main__":
    main()
