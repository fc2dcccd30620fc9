"""What OData V2 and V4 have in common: query options, the filter grammar, selections and server-side paging."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.faces.entity import Entity, Field, Kind
from sandbox.faces.expression import EVERYTHING, OPERATORS, Comparison, Every, Expression, Some
from sandbox.faces.scanner import ParseFailure, Scanner, UnknownName, WrongType
from sandbox.source import Row

PIECES = {
    "whitespace": r"[ \t]+",
    "and": r"[ \t]+and[ \t]+",
    "or": r"[ \t]+or[ \t]+",
    "asc": r"[ \t]+asc\b",
    "comparison operator": "|".join(rf"{name}\b" for name in OPERATORS),
    "property name": r"[A-Za-z_][A-Za-z0-9_]*",
    "string": r"'(?:[^']|'')*'",
    "boolean": r"(?:true|false)\b",
    "(": r"\([ \t]*",
    ")": r"[ \t]*\)",
    ",": r",[ \t]*",
}
"""The pieces of the language that both versions write alike."""


@dataclass(frozen=True)
class Literal:
    """A way to write a value. `value` reads it; `of_row` turns a field's value into what it is compared with."""

    piece: str
    value: Callable[[str], Any]
    of_row: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Dialect:
    """What differs between the versions."""

    patterns: Mapping[str, re.Pattern[str]]
    literals: Mapping[Kind, tuple[Literal, ...]]


class BadOption(Exception):
    """A query option is unknown, repeated, or has a value that it cannot have."""


@dataclass(frozen=True)
class Options:
    """Query options in the order given: decoded values by name, and where each value starts in the decoded text."""

    values: Mapping[str, str]
    starts: Mapping[str, int]

    def number(self, name: str) -> int | None:
        """A count, if the option was given."""
        given = self.values.get(name)
        if given is None:
            return None
        if not (given.isascii() and given.isdigit()):
            raise BadOption(f"Invalid value '{given}' for query option {name}: expected a non-negative integer")
        return int(given)

    def choice(self, name: str, choices: Sequence[str]) -> str | None:
        """One of a few words, if the option was given."""
        given = self.values.get(name)
        if given is not None and given not in choices:
            raise BadOption(f"Invalid value '{given}' for query option {name}: expected {' or '.join(choices)}")
        return given


def options(query: str, known: Iterable[str], decode: Callable[[str], str], prefix: str = "") -> Options:
    """Split a raw query string; `prefix` is the decoded text before it, which positions count from.

    Raises:
        BadOption: an option that is not known, or is repeated. Options that begin with `sap-` are never an error.
    """
    values: dict[str, str] = {}
    starts: dict[str, int] = {}
    position = len(prefix)
    for part in filter(None, query.split("&")):
        raw_name, _, raw_value = part.partition("=")
        name, value = decode(raw_name), decode(raw_value)
        if name in values:
            raise BadOption(f"Query option {name} is given twice")
        if name not in known and not name.startswith("sap-"):
            raise BadOption(f"Unknown query option {name}")
        values[name] = value
        starts[name] = position + len(name) + 1
        position += len(name) + 1 + len(value) + 1
    return Options(values, starts)


def property_named(scanner: Scanner, entity: Entity) -> Field:
    """Read the name of a declared property."""
    name = scanner.take("property name")
    found = entity.field_named(name)
    if found is None:
        raise UnknownName(name, entity.wire_name)
    return found


def order(text: str, entity: Entity, dialect: Dialect) -> tuple[str, ...]:
    """The fields of an `$orderby`; only ascending orders are answered."""
    scanner = Scanner(text, dialect.patterns)
    names: list[str] = []
    while True:
        names.append(property_named(scanner, entity).name)
        scanner.accept("asc")
        if scanner.accept(",") is None:
            break
    scanner.end('"asc"', '","')
    return tuple(names)


def filter_expression(text: str, entity: Entity, dialect: Dialect) -> Expression:
    """A `$filter` of comparisons (eq, gt, ge) joined by and / or.

    Raises:
        ParseFailure: not in the grammar.
        UnknownName: a property that the entity does not have.
        WrongType: a literal that does not fit its property.
    """
    scanner = Scanner(text, dialect.patterns)
    found = _either(scanner, entity, dialect)
    scanner.end('"and"', '"or"')
    return found


def _either(scanner: Scanner, entity: Entity, dialect: Dialect) -> Expression:
    parts = [_both(scanner, entity, dialect)]
    while scanner.accept("or") is not None:
        parts.append(_both(scanner, entity, dialect))
    return parts[0] if len(parts) == 1 else Some(tuple(parts))


def _both(scanner: Scanner, entity: Entity, dialect: Dialect) -> Expression:
    parts = [_single(scanner, entity, dialect)]
    while scanner.accept("and") is not None:
        parts.append(_single(scanner, entity, dialect))
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def _single(scanner: Scanner, entity: Entity, dialect: Dialect) -> Expression:
    if scanner.accept("(") is not None:
        inside = _either(scanner, entity, dialect)
        scanner.take(")")
        return inside
    compared = property_named(scanner, entity)
    scanner.take("whitespace")
    operator = scanner.take("comparison operator")
    scanner.take("whitespace")
    return _compared(scanner, compared, operator, dialect)


def _compared(scanner: Scanner, compared: Field, operator: str, dialect: Dialect) -> Comparison:
    fitting = dialect.literals.get(compared.kind, ())
    for literal in fitting:
        written = scanner.accept(literal.piece)
        if written is not None:
            try:
                return Comparison(compared.name, operator, literal.value(written), literal.of_row)
            except ValueError:
                raise WrongType(compared.name, written) from None
    for other in {each.piece for ways in dialect.literals.values() for each in ways}:
        written = scanner.accept(other)
        if written is not None:
            raise WrongType(compared.name, written)
    raise scanner.failure("a literal")


def string_value(written: str) -> str:
    """What stands between the quotes."""
    return written[1:-1].replace("''", "'")


@dataclass(frozen=True)
class Shape:
    """Which properties of an entity come back, and which navigation properties are expanded; None selects all."""

    entity: Entity
    selected: tuple[Field, ...] | None = None
    expanded: Mapping[str, "Shape"] = field(default_factory=dict)

    def fields(self) -> tuple[Field, ...]:
        """The properties that were asked for."""
        return self.entity.fields if self.selected is None else self.selected


@dataclass(frozen=True)
class Window:
    """Where a page begins, and how many rows the client still wants (None: all that follow)."""

    offset: int
    wanted: int | None

    def size(self, limit: int) -> int:
        """Rows on this page."""
        return limit if self.wanted is None else min(limit, self.wanted)

    def after(self, rows: Sequence[Row], limit: int) -> "Window | None":
        """The next page. A full page promises one even if nothing follows, so the last page can be empty."""
        if len(rows) < limit or (self.wanted is not None and self.wanted <= limit):
            return None
        return Window(self.offset + limit, None if self.wanted is None else self.wanted - limit)


def parsed(given: Options, entity: Entity, dialect: Dialect) -> tuple[Expression, tuple[str, ...]]:
    """Filter and order of a request.

    Raises:
        ParseFailure: with the position in the whole decoded request.
    """
    try:
        name = "$filter"
        condition = filter_expression(given.values[name], entity, dialect) if name in given.values else EVERYTHING
        name = "$orderby"
        return condition, order(given.values[name], entity, dialect) if name in given.values else ()
    except ParseFailure as failure:
        failure.position += given.starts[name]
        raise
