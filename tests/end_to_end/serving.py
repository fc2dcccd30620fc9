"""What PostgreSQL holds against what was published, row by row, for buyers and for vendors."""

from typing import Any

import duckdb
import psycopg

from config.sharing import load_sharing
from ecosystem.paths import Home
from publishing.manifest import read_manifest
from publishing.shared_views import shared_views, vendor_queries


def differing_marts(home: Home, buyer: psycopg.Connection) -> dict[str, tuple[int, int]]:
    """Marts whose rows are not the same on PostgreSQL, with both counts."""
    manifest = read_manifest(home.current)
    found = {}
    with duckdb.connect(str(home.current / manifest["duckdb"]["file"]), read_only=True) as published:
        for mart, described in manifest["marts"].items():
            columns = ", ".join(f'"{column["name"]}"' for column in described["columns"])
            here = published.execute(f"select {columns} from {mart}").fetchall()
            there = buyer.execute(f"select {columns} from marts.{mart}").fetchall()
            if _set_of(here) != _set_of(there) or len(here) != len(there):
                found[mart] = (len(here), len(there))
    return found


def rows_of_vendor(home: Home, vendor_key: str) -> dict[str, list[tuple[Any, ...]]]:
    """What the vendor may see of the publication, by view."""
    with shared_views(home.current.resolve(), load_sharing()) as (connection, sharing):
        queries = vendor_queries(sharing, vendor_key)
        return {view: connection.execute(query).fetchall() for view, query in queries.items()}


def rows_seen(vendor: psycopg.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """What a session of a vendor sees, by view; without what is said of the publication."""
    views = vendor.execute(
        "select table_name from information_schema.views where table_schema = 'share' and table_name <> 'publication'"
    ).fetchall()
    return {view: vendor.execute(f"select * from {view}").fetchall() for (view,) in views}


def same(one: dict[str, list[tuple[Any, ...]]], other: dict[str, list[tuple[Any, ...]]]) -> bool:
    """Whether both have the same rows by view, in whatever order."""
    return one.keys() == other.keys() and all(
        len(rows) == len(other[view]) and _set_of(rows) == _set_of(other[view]) for view, rows in one.items()
    )


def _set_of(rows: list[tuple[Any, ...]]) -> set[str]:
    return {repr(tuple(map(_plain, row))) for row in rows}


def _plain(value: Any) -> Any:
    """A value as both databases hand it out: decimals differ in how many zeros they show."""
    return format(value.normalize(), "f") if hasattr(value, "normalize") else value
