"""Reads the rows of many vendors: each mart once, sorted by vendor, and cut where the vendor changes."""

# ruff: noqa: S608 - the SQL is put together from names of marts and columns that the publication holds

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import duckdb

from publishing.site.source import Result
from publishing.site.vendor_page.marts import LEFT_OUT, READS, Read
from publishing.site.vendor_page.relations import Relations
from publishing.site.vendor_page.vendor_rows import VendorRows

ROWS_AT_ONCE = 2_000
Values = tuple[Any, ...]


def read_vendors(
    connection: duckdb.DuckDBPyConnection, relations: Relations, vendor_keys: Sequence[str]
) -> Iterator[VendorRows]:
    """The rows of these vendors, in the order of their keys; a key without a row in ``dim_vendor`` is left out."""
    cut = [
        _Cut(connection, read, relations.marts[read.mart], vendor_keys)
        for read in READS
        if read.mart in relations.marts
    ]
    peers = {name: _by_category(connection, relation) for name, relation in relations.peers.items()}
    for vendor_key in sorted(vendor_keys):
        marts = {one.read.mart: one.rows_of(vendor_key) for one in cut}
        if not marts["dim_vendor"].rows:
            continue
        category = next(iter(marts["dim_vendor"]))["category"]
        yield VendorRows(vendor_key, marts | {name: of(category) for name, of in peers.items()})


def shown_columns(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[str, ...]:
    """The columns of a relation that pages show, in order."""
    described = connection.execute(f"describe {relation}").fetchall()
    return tuple(column for column, *_ in described if column not in LEFT_OUT)


class _Cut:
    """One mart's rows, read as they are asked for by ascending vendor."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, read: Read, relation: str, vendor_keys: Sequence[str]
    ) -> None:
        self.read = read
        self._columns = shown_columns(connection, relation)
        order = ", ".join(("vendor_key", *read.order))
        # A cursor of its own: a connection has one open result.
        self._result = connection.cursor().execute(
            f"select vendor_key, {', '.join(self._columns)} from {relation}"
            f" where vendor_key in (select unnest($keys)) order by {order}",
            {"keys": list(vendor_keys)},
        )
        self._groups = groupby(self._fetched(), key=lambda values: values[0])
        self._next = next(self._groups, None)

    def rows_of(self, vendor_key: str) -> Result:
        """This vendor's rows; vendors are asked for in ascending order."""
        rows: tuple[Values, ...] = ()
        if self._next is not None and self._next[0] == vendor_key:
            rows = tuple(values[1:] for values in self._next[1])
            self._next = next(self._groups, None)
        return Result(self.read.mart, self._columns, rows)

    def _fetched(self) -> Iterator[Values]:
        while rows := self._result.fetchmany(ROWS_AT_ONCE):
            yield from rows


def _by_category(connection: duckdb.DuckDBPyConnection, relation: str) -> Callable[[str], Result]:
    """The rows of a category, of a relation that is small."""
    result = connection.execute(f"select * from {relation} order by all")
    columns = tuple(column[0] for column in result.description)
    place = columns.index("category")
    of_category: dict[str, list[Values]] = {}
    for values in result.fetchall():
        of_category.setdefault(values[place], []).append(values)
    return lambda category: Result(relation, columns, tuple(of_category.get(category, ())))
