"""Entities as data: what a system offers, which of its fields land, and with which types."""

import importlib
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from connectors.landing import CHILD_KEYS, INSTANT, STANDARD_COLUMNS
from ecosystem.errors import UsageError

SYSTEMS = ("sap_s4hana", "salesforce", "servicenow", "ecosystem")


class Kind(StrEnum):
    """What a field holds, whatever its encoding on the wire."""

    STRING = "string"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DOUBLE = "double"
    DATE = "date"
    INSTANT = "instant"
    TIME_OF_DAY = "time of day"
    DURATION = "duration"


_ARROW_TYPES = {
    Kind.STRING: pa.string(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.INTEGER: pa.int64(),
    Kind.DOUBLE: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.INSTANT: INSTANT,
    Kind.TIME_OF_DAY: pa.string(),  # HH:MM:SS
    Kind.DURATION: pa.int64(),  # seconds
}


@dataclass(frozen=True)
class Field:
    """One declared field; its name is the one on the wire and the one of the landed column.

    ``is_personal``: the value lands as a keyed hash and never as it is.
    """

    name: str
    kind: Kind
    precision: int = 0
    scale: int = 0
    is_personal: bool = False

    @property
    def arrow_type(self) -> pa.DataType:
        """The landed column's type."""
        return pa.decimal128(self.precision, self.scale) if self.kind is Kind.DECIMAL else _ARROW_TYPES[self.kind]


@dataclass(frozen=True)
class Entity:
    """A set of rows that a system offers.

    Attributes:
        source: the path, object or table at the source; for a child the navigation property of its parent.
        protocol: which of the system's protocols serves it, when it has several.
        key: names of the fields that identify a row.
        may_be_empty: those of them in which an empty text is a value like another.
        changed_at: the field that holds the source change time, or a date and a time of day; empty: there is none.
        order: fields that the source sorts by in an incremental read: the cursor's position, unique as a whole.
            Empty: the entity is always read in full.
        deleted: the field that marks a deleted row.
        children: entities nested in each record; they land before it.
        is_nested: comes inside another entity's records, and only there.
    """

    name: str
    source: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    protocol: str = ""
    changed_at: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    may_be_empty: tuple[str, ...] = ()
    deleted: str | None = None
    children: tuple["Entity", ...] = ()
    is_nested: bool = False
    schema_version: int = 1

    def with_descendants(self) -> tuple["Entity", ...]:
        """The entity, its children and theirs; a parent before its children."""
        return (self, *(found for child in self.children for found in child.with_descendants()))

    def field(self, name: str) -> Field:
        """The declared field of that name."""
        return next(field for field in self.fields if field.name == name)

    @property
    def schema(self) -> pa.Schema:
        """The landed columns: declared ones, standard ones, and in an outermost parent the keys of its descendants."""
        declared = [pa.field(field.name, field.arrow_type) for field in self.fields]
        return pa.schema(
            [*declared, *STANDARD_COLUMNS, *([CHILD_KEYS] if self.children and not self.is_nested else [])]
        )


def string(name: str) -> Field:
    """A text field."""
    return Field(name, Kind.STRING)


def personal(name: str) -> Field:
    """A text field that lands as a keyed hash."""
    return Field(name, Kind.STRING, is_personal=True)


def boolean(name: str) -> Field:
    """A yes-or-no field."""
    return Field(name, Kind.BOOLEAN)


def integer(name: str) -> Field:
    """A whole number."""
    return Field(name, Kind.INTEGER)


def decimal(name: str, precision: int, scale: int) -> Field:
    """An exact number with ``scale`` digits after the point."""
    return Field(name, Kind.DECIMAL, precision, scale)


def double(name: str) -> Field:
    """A measured number."""
    return Field(name, Kind.DOUBLE)


def date(name: str) -> Field:
    """A calendar day."""
    return Field(name, Kind.DATE)


def instant(name: str) -> Field:
    """A point in time, UTC."""
    return Field(name, Kind.INSTANT)


def time_of_day(name: str) -> Field:
    """A time of day; lands as text ``HH:MM:SS``."""
    return Field(name, Kind.TIME_OF_DAY)


def duration(name: str) -> Field:
    """A span of time; lands as whole seconds."""
    return Field(name, Kind.DURATION)


def entities_of(system: str) -> tuple[Entity, ...]:
    """What the system's table offers, parents only.

    Raises:
        UsageError: there is no connector for the system.
    """
    if system not in SYSTEMS:
        raise UsageError(f"There is no connector for the system '{system}': choose one of {', '.join(SYSTEMS)}.")
    entities: tuple[Entity, ...] = importlib.import_module(f"connectors.{system}.entities").ENTITIES
    return entities


def entity_of(system: str, name: str) -> Entity:
    """The entity of that name, parents and children alike.

    Raises:
        UsageError: the system does not offer it.
    """
    offered = {found.name: found for entity in entities_of(system) for found in entity.with_descendants()}
    if name not in offered:
        raise UsageError(f"The system {system} has no entity '{name}': choose one of {', '.join(offered)}.")
    return offered[name]


def landed_schema(system: str, entity: str) -> pa.Schema:
    """The columns of a landed batch, standard columns included.

    Raises:
        UsageError: unknown system or entity.
    """
    return entity_of(system, entity).schema
