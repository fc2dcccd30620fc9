"""Tables of PostgreSQL as the publication's manifest describes the marts."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ecosystem.errors import EcosystemError
from publishing.sharing import PEER_COLUMNS, PeerRelation

TYPES: Mapping[str, str] = {
    "VARCHAR": "text",
    "BIGINT": "bigint",
    "INTEGER": "integer",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp without time zone",
    "BOOLEAN": "boolean",
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")


@dataclass(frozen=True)
class Column:
    """A column; ``type`` as PostgreSQL itself spells it."""

    name: str
    type: str
    description: str
    is_required: bool


@dataclass(frozen=True)
class ForeignKey:
    """``column`` names a row of ``table`` by its column ``field``."""

    column: str
    table: str
    field: str


@dataclass(frozen=True)
class Table:
    """A table of the schema ``marts``. ``key`` are the columns that identify a row."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = field(default=())

    @property
    def fingerprint(self) -> str:
        """The same for the same table, whichever publication describes it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    @property
    def nullable_key(self) -> frozenset[str]:
        """Columns of the key that may be null; a primary key cannot have them."""
        return frozenset(column.name for column in self.columns if column.name in self.key and not column.is_required)


def tables_of(marts: Mapping[str, Mapping[str, Any]]) -> tuple[Table, ...]:
    """The tables of the marts that a manifest describes, by name.

    Raises:
        EcosystemError: a column has a type that no table has here.
    """
    return tuple(
        Table(
            name,
            mart["description"],
            tuple(
                Column(
                    column["name"],
                    _type(name, column["name"], column["type"]),
                    _comment(column),
                    column["is_required"],
                )
                for column in mart["columns"]
            ),
            tuple(mart["primary_key"]),
            tuple(
                ForeignKey(reference["column"], reference["mart"], reference["field"])
                for reference in mart["references"]
            ),
        )
        for name, mart in sorted(marts.items())
    )


def peer_table(peers: PeerRelation) -> Table:
    """The table of the figures of peers."""
    described = {
        "category": "Category of the vendors.",
        "period": "First day of the month or quarter.",
        "metric_id": f"Which figure: a column of {peers.mart}.",
        "vendors": "Vendors of the category that have the figure in the period.",
        "quartile_1": "A quarter of them have less; rounded.",
        "median": "Half of them have less; rounded.",
        "quartile_3": "Three quarters of them have less; rounded.",
    }
    return Table(
        peers.name,
        f"How the vendors of a category stand in figures of {peers.mart}: quartiles, and nothing of a single vendor.",
        tuple(Column(name, TYPES[type_], described[name], is_required=True) for name, type_ in PEER_COLUMNS.items()),
        ("category", "period", "metric_id"),
    )


def _type(mart: str, column: str, type_: str) -> str:
    decimal = _DECIMAL.fullmatch(type_)
    if decimal:
        return f"numeric({decimal[1]},{decimal[2]})"
    if type_ not in TYPES:
        raise EcosystemError(
            f"The column {mart}.{column} has the type {type_}, for which PostgreSQL has no table here: "
            "give it one of the types of the contracts, or add it to publishing/postgres/contract.py."
        )
    return TYPES[type_]


def _comment(column: Mapping[str, Any]) -> str:
    unit = f" [{column['unit']}]" if column["unit"] else ""
    return f"{column['description']}{unit}"
