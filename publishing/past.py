"""Marts of a build of the past, as files that readers of publications can read; such a build is never published."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from ecosystem.clock import iso
from ecosystem.errors import EcosystemError
from publishing.manifest import FILE_NAME
from publishing.tables import quoted, write_parquet


def write_past_marts(warehouse_file: Path, build_id: str, as_of: datetime, marts: Sequence[str], folder: Path) -> None:
    """Write those of ``marts`` that the build has into ``folder``, with a manifest that lists them.

    Args:
        warehouse_file: the file of ``warehouse.build_as_of``; it is only read.
        as_of: the time (UTC) at which the marts were known so.

    Raises:
        EcosystemError: the warehouse file cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = {}
    try:
        with duckdb.connect() as connection:
            connection.execute(f"attach {quoted(str(warehouse_file))} as warehouse (read_only)")
            there = connection.execute(
                "select table_name from duckdb_tables() where database_name = 'warehouse' and schema_name = 'marts'"
            ).fetchall()
            for mart in sorted({name for (name,) in there} & set(marts)):
                rows[mart] = write_parquet(connection, f"warehouse.marts.{mart}", folder / f"{mart}.parquet")
    except duckdb.Error as error:
        raise EcosystemError(
            f"The build of the past {warehouse_file} cannot be read ({str(error).splitlines()[0]}): build it again."
        ) from error
    manifest = {
        "build_id": build_id,
        "as_of": iso(as_of),
        "marts": {mart: {"file": f"{mart}.parquet", "rows": count} for mart, count in rows.items()},
    }
    (folder / FILE_NAME).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
