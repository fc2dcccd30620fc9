"""Which vendors' pages are stale: a digest for each vendor over all rows its page is made from.

A row's hash is of all its columns; a vendor's digest of a mart is the number of its rows and the sum of their hashes,
so that neither the order of rows nor two equal rows can hide a change. Open lines are drawn with the days they have
waited, so the page of a vendor that has some is of its day.
"""

# ruff: noqa: S608 - the SQL is put together from names of marts and columns that the publication holds

import hashlib
import json
from collections.abc import Mapping, Sequence

import duckdb

from publishing.site.vendor_page.marts import READS
from publishing.site.vendor_page.reading import shown_columns
from publishing.site.vendor_page.relations import Relations
from publishing.site.vendor_page.setting import Setting

OPEN_LINE_COLUMNS = ("state", "in_full_date")
VENDOR_COLUMN, CATEGORY_COLUMN = "vendor_key", "category"


def vendor_digests(connection: duckdb.DuckDBPyConnection, relations: Relations, setting: Setting) -> Mapping[str, str]:
    """The digest of each vendor of ``dim_vendor``; the page is stale when it differs from the one it was made with."""
    shared = [shared_digest(setting), *(_sum(connection, relation) for relation in relations.for_everyone.values())]
    marts = [relations.marts[read.mart] for read in READS if read.mart in relations.marts]
    aging = _aging(connection, relations)
    by_vendor = [_sums(connection, relation, VENDOR_COLUMN) for relation in marts]
    by_category = [_sums(connection, relation, CATEGORY_COLUMN) for relation in relations.peers.values()]
    vendors = connection.execute(
        f"select vendor_key, category from {relations.marts['dim_vendor']} order by vendor_key"
    ).fetchall()
    today = setting.today_date.isoformat()
    return {
        vendor_key: _digest(
            [
                *shared,
                today if vendor_key in aging else None,
                *(of.get(vendor_key) for of in by_vendor),
                *(of.get(category) for of in by_category),
            ]
        )
        for vendor_key, category in vendors
    }


def shared_digest(setting: Setting) -> str:
    """What all pages have in common: code and templates, the calendar they are drawn on, what is stale."""
    return _digest(
        [
            setting.code_hash,
            # Hashes of rows are those of the engine's version.
            duckdb.__version__,
            setting.month_date.isoformat(),
            setting.currency,
            sorted(setting.stale_marts),
            setting.is_own,
        ]
    )


def _aging(connection: duckdb.DuckDBPyConnection, relations: Relations) -> frozenset[str]:
    """Vendors whose page changes with the day: those with lines that are not in full and not cancelled."""
    relation = relations.marts.get("fct_schedule_line")
    if relation is None or not set(OPEN_LINE_COLUMNS) <= set(shown_columns(connection, relation)):
        return frozenset()
    found = connection.execute(
        f"select distinct {VENDOR_COLUMN} from {relation} where state <> 'cancelled' and in_full_date is null"
    )
    return frozenset(vendor_key for (vendor_key,) in found.fetchall())


def _sums(connection: duckdb.DuckDBPyConnection, relation: str, key: str) -> Mapping[str, Sequence[str]]:
    """Number and hashes of the rows by key."""
    found = connection.execute(f"select {key}, {_hashes(connection, relation)} from {relation} group by {key}")
    return {key: (rows, hashes) for key, rows, hashes in found.fetchall()}


def _sum(connection: duckdb.DuckDBPyConnection, relation: str) -> Sequence[str]:
    """Number and hashes of all rows."""
    return connection.execute(f"select {_hashes(connection, relation)} from {relation}").fetchall()[0]


def _hashes(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    columns = shown_columns(connection, relation)
    return f"count(*)::varchar, sum(hash({', '.join(columns)})::hugeint)::varchar"


def _digest(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode("utf-8")).hexdigest()
