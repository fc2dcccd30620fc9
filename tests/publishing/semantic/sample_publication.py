"""A small publication that holds every mart of the contract, written as `ecosystem publish` writes one."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb

from publishing.manifest import FILE_NAME, sha256
from publishing.semantic.contract import DEFINITIONS, Column, Contract, Table
from publishing.tables import quoted, write_duckdb_file, write_parquet

BUILD_ID = "20260601T180000Z-0123456789ab"
ROWS = 4
ODD = """'Quote " comma, <b>bold</b>' || chr(10) || chr(8238) || '=1+1 ' || i"""


def write_sample(contract: Contract, folder: Path) -> Mapping[str, Any]:
    """Write the publication into ``folder``; returns its manifest. The last row of a mart is null but for its key."""
    folder.mkdir(parents=True)
    marts = {}
    with duckdb.connect() as connection:
        for name, table in contract.tables.items():
            connection.execute(f"create table {name} as {_query(contract, table)}")
            rows = write_parquet(connection, name, folder / f"{name}.parquet")
            marts[name] = {
                "file": f"{name}.parquet",
                "rows": rows,
                "sha256": sha256(folder / f"{name}.parquet"),
                "area": table.area,
                "description": table.description,
                "primary_key": list(table.key),
                "references": [asdict(reference) for reference in table.references],
                "columns": [{**asdict(column), "is_required": False} for column in table.columns],
                "is_stale": False,
                "stale_feeds": [],
            }
        write_duckdb_file(connection, {name: (name, "") for name in contract.tables}, folder / "ecosystem.duckdb")
    manifest = {
        "build_id": BUILD_ID,
        "as_of": "2026-06-01T18:00:00Z",
        "code_hash": "hash",
        "marts": marts,
        "duckdb": {"file": "ecosystem.duckdb", "sha256": sha256(folder / "ecosystem.duckdb")},
    }
    (folder / FILE_NAME).write_text(json.dumps(manifest), encoding="utf-8")
    return manifest


def _query(contract: Contract, table: Table) -> str:
    """Definitions are those of the contract: measures quote them. The rows of every other mart are made up."""
    if table.name == DEFINITIONS:
        rows = [[quoted(row[column.name]) for column in table.columns] for row in contract.definitions.values()]
        casts = [f'cast("{one.name}" as {one.type}) as "{one.name}"' for one in table.columns]
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        listed = ", ".join(f"({', '.join(row)})" for row in rows)
        return f"select {', '.join(casts)} from (values {listed}) as given ({names})"
    values = [f'cast({_value(table, column)} as {column.type}) as "{column.name}"' for column in table.columns]
    return f"select {', '.join(values)} from range(1, {ROWS + 1}) as rows (i)"


def _value(table: Table, column: Column) -> str:
    fields = {reference.column: reference.field for reference in table.references}
    # A key is the name of its column and a number, so that what refers to it finds it.
    words = f"'{fields.get(column.name, column.name)}' || i" if column.unit == "key" else ODD
    value = {
        "VARCHAR": words,
        "BOOLEAN": "i % 2 = 0",
        "DATE": "date '2026-01-01' + interval (i) month",
        "TIMESTAMP": "timestamp '2026-01-01 12:30:15.123456' + interval (i) hour",
    }.get(column.type, "i + 0.125" if column.type == "DOUBLE" or column.type.startswith("DECIMAL") else "i")
    return value if column.name in table.key else f"(case when i < {ROWS} then {value} end)"
