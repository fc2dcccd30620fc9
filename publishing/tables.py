"""Writes marts as files. The same rows give the same bytes in Parquet, whatever order the warehouse keeps them in."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq

ROWS_PER_GROUP = 122_880
# Any DuckDB from 1.0 on opens files of this version; what 2.0 writes by default only 2.0 can read.
STORAGE_VERSION = "v1.0.0"


def write_parquet(connection: duckdb.DuckDBPyConnection, table: str, file: Path) -> int:
    """Write ``table`` sorted by all its columns, ZSTD-compressed; returns its rows."""
    reader = connection.sql(f"select * from {table} order by all").to_arrow_reader(ROWS_PER_GROUP)  # noqa: S608
    rows = 0
    with pq.ParquetWriter(file, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch, row_group_size=ROWS_PER_GROUP)
            rows += batch.num_rows
    return rows


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, str]]:
    """Names and DuckDB types of the table's columns, in order."""
    described = connection.execute(f"describe {table}").fetchall()
    return [{"name": name, "type": type_} for name, type_, *_ in described]


def write_duckdb_file(connection: duckdb.DuckDBPyConnection, tables: dict[str, tuple[str, str]], file: Path) -> None:
    """Copy ``tables`` (name -> source, description) to the schema ``main`` of a new file; no log stays beside it."""
    connection.execute(f"attach {quoted(str(file))} as publication (storage_version '{STORAGE_VERSION}')")
    for name, (source, description) in tables.items():
        connection.execute(f"create table publication.main.{name} as select * from {source} order by all")  # noqa: S608
        connection.execute(f"comment on table publication.main.{name} is {quoted(description)}")
    connection.execute("checkpoint publication")
    connection.execute("detach publication")


def quoted(text: str) -> str:
    """The text as an SQL literal."""
    escaped = text.replace("'", "''")
    return f"'{escaped}'"
