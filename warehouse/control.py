"""The schema ``control`` of the warehouse file: what dbt is told before it runs, and what the last successful build
consumed.

``control.build``, ``control.landed_batch`` and ``control.feed`` are rewritten in one transaction before dbt runs;
``control.consumed_batch`` and ``control.build.is_complete`` in one transaction after it succeeded, last of all. A build
that dies in between is seen as incomplete, and the next one reads the same new batches again.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from connectors.landing import Batch
from ecosystem.errors import EcosystemError
from warehouse.inputs import Inputs

_TABLES = """
create schema if not exists control;
create table if not exists control.build (
    build_id varchar not null, as_of timestamp not null, code_hash varchar not null, is_continued boolean not null,
    orders_in_slice bigint not null, is_complete boolean not null
);
create table if not exists control.consumed_batch (batch_id varchar not null, build_id varchar not null);
create table if not exists control.landed_batch (
    system varchar not null, connection_id varchar not null, entity varchar not null, batch_id varchar not null,
    sequence bigint not null, path varchar not null, mode varchar not null, run_id varchar not null, is_last boolean not
    null, row_count bigint not null, unreadable_count bigint not null, extracted_at timestamp not null,
    window_from timestamp, window_to timestamp, is_new boolean not null
);
create table if not exists control.feed (
    system varchar not null, kind varchar not null, connection_id varchar not null, entity varchar not null,
    last_complete_at timestamp, stale_after_hours double, is_stale boolean not null,
    last_full_rows bigint, previous_full_rows bigint
);
"""

_TIMESTAMP = pa.timestamp("us")
_LANDED = pa.schema(
    [
        *((name, pa.string()) for name in ("system", "connection_id", "entity", "batch_id")),
        ("sequence", pa.int64()),
        *((name, pa.string()) for name in ("path", "mode", "run_id")),
        ("is_last", pa.bool_()),
        ("row_count", pa.int64()),
        ("unreadable_count", pa.int64()),
        *((name, _TIMESTAMP) for name in ("extracted_at", "window_from", "window_to")),
        ("is_new", pa.bool_()),
    ]
)
_FEED = pa.schema(
    [
        *((name, pa.string()) for name in ("system", "kind", "connection_id", "entity")),
        ("last_complete_at", _TIMESTAMP),
        ("stale_after_hours", pa.float64()),
        ("is_stale", pa.bool_()),
        ("last_full_rows", pa.int64()),
        ("previous_full_rows", pa.int64()),
    ]
)


@dataclass(frozen=True)
class State:
    """What the warehouse file says about the build that wrote it last. ``as_of`` is UTC."""

    build_id: str
    as_of: datetime
    code_hash: str
    is_complete: bool
    consumed: frozenset[str]


@contextmanager
def connected(file: Path, read_only: bool = False, patience_s: float = 0) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file, closed afterwards (so that a child process can open it).

    Args:
        patience_s: how long to try again while another process has it open, in seconds.

    Raises:
        EcosystemError: another process has it open, or it is not a DuckDB file.
    """
    deadline = time.monotonic() + patience_s
    try:
        while True:
            try:
                connection = duckdb.connect(str(file), read_only=read_only)
                break
            except duckdb.IOException as error:
                if "lock" not in str(error) or time.monotonic() >= deadline:
                    raise
                time.sleep(0.2)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise EcosystemError(
            f"The warehouse file {file} cannot be opened ({reason}):"
            " end the process that has it open, or delete the file and build again."
        ) from error
    try:
        yield connection
    finally:
        connection.close()


def read_state(connection: duckdb.DuckDBPyConnection) -> State | None:
    """The last build of this file; None where none has begun."""
    begun = connection.execute(
        "select count(*) from duckdb_tables()"
        " where schema_name = 'control' and table_name in ('build', 'consumed_batch')"
    ).fetchone()
    if begun != (2,):
        return None
    row = connection.execute("select build_id, as_of, code_hash, is_complete from control.build").fetchone()
    if row is None:
        return None
    build_id, as_of, code, is_complete = row
    consumed = connection.execute("select batch_id from control.consumed_batch").fetchall()
    return State(
        build_id, as_of.replace(tzinfo=UTC), code, is_complete, frozenset(batch_id for (batch_id,) in consumed)
    )


def write_inputs(
    connection: duckdb.DuckDBPyConnection, inputs: Inputs, new: Iterable[Batch], orders_in_slice: int
) -> None:
    """Tell dbt what to build from, and how many orders at once where it makes all of them; from here on the build
    counts as begun and incomplete.
    """
    new_ids = {batch.batch_id for batch in new}
    landed = [{**vars(batch), "path": str(batch.path), "is_new": batch.batch_id in new_ids} for batch in inputs.batches]
    connection.execute("begin")
    connection.execute(_TABLES)
    last = connection.execute("select is_complete from control.build").fetchone()
    connection.execute("delete from control.build")
    connection.execute(
        "insert into control.build values (?, ?, ?, ?, ?, false)",
        [inputs.build_id, _naive(inputs.as_of), inputs.code_hash, last == (False,), orders_in_slice],
    )
    _replace(connection, "control.landed_batch", landed, _LANDED)
    _replace(connection, "control.feed", [vars(feed) for feed in inputs.feeds], _FEED)
    connection.execute("commit")


def write_consumed(connection: duckdb.DuckDBPyConnection, inputs: Inputs) -> None:
    """Record that the build succeeded and which batches it holds."""
    consumed = [{"batch_id": batch.batch_id, "build_id": inputs.build_id} for batch in inputs.batches]
    schema = pa.schema([("batch_id", pa.string()), ("build_id", pa.string())])
    connection.execute("begin")
    _replace(connection, "control.consumed_batch", consumed, schema)
    connection.execute("update control.build set is_complete = true")
    connection.execute("commit")


def table_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of every table that dbt keeps, by name; views have none of their own."""
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where schema_name <> 'control' order by all"
    ).fetchall()
    counts = {}
    for schema, table in tables:
        row = connection.execute(f'select count(*) from "{schema}"."{table}"').fetchone()  # noqa: S608
        counts[table] = row[0] if row else 0
    return counts


def _replace(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]], schema: pa.Schema
) -> None:
    content = pa.Table.from_pydict(
        {field.name: [_naive(row[field.name]) for row in rows] for field in schema}, schema=schema
    )
    connection.register("incoming", content)
    connection.execute(f"delete from {table}")  # noqa: S608
    connection.execute(f"insert into {table} by name select * from incoming")  # noqa: S608
    connection.unregister("incoming")


def _naive(value: Any) -> Any:
    """Instants as the warehouse keeps them: without a time zone, meaning UTC."""
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value
