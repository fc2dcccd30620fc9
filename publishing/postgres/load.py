"""Brings the rows of a mart to its table by binary COPY: all of them into an empty one, else only what differs.

Rows are changed in place and never swapped in: whoever reads sees the publication of the moment its statement, or its
repeatable-read transaction, began.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import LiteralString

import pyarrow as pa
import pyarrow.compute as pc
from pgpq import ArrowToPostgresBinaryEncoder
from psycopg import Connection, sql

from ecosystem.errors import EcosystemError
from publishing.postgres.contract import Table
from publishing.postgres.names import MARTS

STAGED = "staged"


@dataclass(frozen=True)
class Loaded:
    """Rows that a load wrote: ``sent`` to the server, of which it inserted, updated and deleted."""

    sent: int
    inserted: int
    updated: int
    deleted: int


def load(connection: Connection, table: Table, rows: pa.RecordBatchReader, is_new: bool) -> Loaded:
    """Make the table hold exactly ``rows``, whose columns are the table's in any order.

    ``is_new`` says that this transaction made the table: its rows are written as old ones are, and need no vacuum.

    Raises:
        EcosystemError: two rows have the same key.
    """
    target = sql.Identifier(MARTS, table.name)
    if connection.execute(sql.SQL("select 1 from {} limit 1").format(target)).fetchone() is None:
        sent = _copy(connection, target, rows, "freeze" if is_new else "freeze false")
        return Loaded(sent, inserted=sent, updated=0, deleted=0)
    staged = sql.Identifier(STAGED)
    connection.execute(sql.SQL("create temporary table {} (like {}) on commit drop").format(staged, target))
    sent = _copy(connection, staged, rows, "freeze")
    # Without it the planner takes the staged rows for few and compares row by row.
    connection.execute(sql.SQL("analyze {} ({})").format(staged, _names(table.key)))
    changed = _apply(connection, table, target, staged)
    held = connection.execute(sql.SQL("select count(*) from {}").format(target)).fetchone()
    if held != (sent,):
        key = ", ".join(table.key)
        raise EcosystemError(
            f"The table {table.name} contradicts its contract ({key} is the same in some of {sent} rows): "
            "mend the model; PostgreSQL keeps the former publication."
        )
    connection.execute(sql.SQL("drop table {}").format(staged))
    return Loaded(sent, *changed)


def _copy(connection: Connection, target: sql.Composable, rows: pa.RecordBatchReader, freeze: LiteralString) -> int:
    statement = sql.SQL("copy {} ({}) from stdin (format binary, {})").format(
        target, _names(rows.schema.names), sql.SQL(freeze)
    )
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for part in _parts(rows):
                copy.write(part)
        return cursor.rowcount


def _parts(rows: pa.RecordBatchReader) -> Iterator[bytes]:
    """The rows as binary COPY has them, each batch encoded while the server takes the one before."""
    encoder = ArrowToPostgresBinaryEncoder(rows.schema)
    batches = iter(rows)

    def following() -> bytes | None:
        batch = next(batches, None)
        return None if batch is None else encoder.write_batch(_without_null_characters(batch))

    yield encoder.write_header()
    with ThreadPoolExecutor(max_workers=1) as thread:
        upcoming = thread.submit(following)
        while (part := upcoming.result()) is not None:
            upcoming = thread.submit(following)
            yield part
    yield encoder.finish()


def _without_null_characters(batch: pa.RecordBatch) -> pa.RecordBatch:
    """PostgreSQL holds no text with a null character: the replacement character stands for it."""
    for place, column in enumerate(batch.schema):
        if pa.types.is_string(column.type) and pc.any(pc.match_substring(batch.column(place), "\0")).as_py():
            replaced = pc.replace_substring(batch.column(place), "\0", "\ufffd")
            batch = batch.set_column(place, column, replaced)
    return batch


def _apply(
    connection: Connection, table: Table, target: sql.Composable, staged: sql.Composable
) -> tuple[int, int, int]:
    same_key = _same_key(table)
    others = [column.name for column in table.columns if column.name not in table.key]
    updated = 0
    if others:
        values = sql.SQL(", ").join(sql.SQL("{0} = new.{0}").format(sql.Identifier(column)) for column in others)
        updated = connection.execute(
            sql.SQL("update {} as old set {} from {} as new where {} and row({}) is distinct from row({})").format(
                target, values, staged, same_key, _of("old", others), _of("new", others)
            )
        ).rowcount
    deleted = connection.execute(
        sql.SQL("delete from {} as old where not exists (select 1 from {} as new where {})").format(
            target, staged, same_key
        )
    ).rowcount
    names = _names([column.name for column in table.columns])
    inserted = connection.execute(
        sql.SQL(
            "insert into {0} ({1}) select {1} from {2} as new where not exists (select 1 from {0} as old where {3})"
        ).format(target, names, staged, same_key)
    ).rowcount
    return inserted, updated, deleted


def _same_key(table: Table) -> sql.Composable:
    # An equality can be hashed; IS NOT DISTINCT FROM cannot, and is needed only where a key may be null.
    conditions: Iterator[sql.Composable] = (
        sql.SQL("old.{0} is not distinct from new.{0}" if column in table.nullable_key else "old.{0} = new.{0}").format(
            sql.Identifier(column)
        )
        for column in table.key
    )
    return sql.SQL(" and ").join(conditions)


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _of(row: str, columns: list[str]) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier(row, column) for column in columns)
