"""How a system declares what it offers: entities, fields, kinds, keys. Names are those on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

MILLISECOND = 1000
"""The tick of systems that show milliseconds."""


class Kind(Enum):
    """What a field holds; each protocol writes a kind in its own way."""

    TEXT = "text"
    DATE = "date"
    TIME = "time"
    INSTANT = "instant"
    DECIMAL = "decimal"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    REFERENCE = "reference"
    DURATION = "duration"
    """Whole seconds."""


@dataclass(frozen=True)
class Field:
    """A declared field. `scale` counts the digits after the point; `target` is the table that a reference points to."""

    name: str
    kind: Kind = Kind.TEXT
    scale: int = 0
    target: str = ""


@dataclass(frozen=True)
class Entity:
    """A set of documents: `name` as landed, `wire_name` as the protocol calls it, `children` by navigation property.

    `tick` is the finest step of the system's instants, in microseconds: what a client reads is also what filters
    compare with, else a keyset taken from the wire would miss the row that it came from.
    """

    name: str
    wire_name: str
    keys: tuple[str, ...]
    fields: tuple[Field, ...]
    children: Mapping[str, "Entity"] = field(default_factory=dict)
    change_field: str = ""
    tick: int = 1

    def field_named(self, name: str) -> Field | None:
        """The declared field of that name."""
        return self._by_name.get(name)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {each.name: each for each in self.fields})

    _by_name: Mapping[str, Field] = field(init=False, repr=False, compare=False)


def text(*names: str) -> tuple[Field, ...]:
    """Text fields."""
    return tuple(Field(name) for name in names)


def of_kind(kind: Kind, *names: str) -> tuple[Field, ...]:
    """Fields of one kind."""
    return tuple(Field(name, kind) for name in names)


def decimal(name: str, scale: int) -> Field:
    """An exact number with `scale` digits after the point."""
    return Field(name, Kind.DECIMAL, scale)
