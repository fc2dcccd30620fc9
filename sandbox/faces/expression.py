"""Conditions on documents, the same for every query language: comparisons joined by and / or."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.source import Row

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {"eq": operator.eq, "gt": operator.gt, "ge": operator.ge}


@dataclass(frozen=True)
class Comparison:
    """A field against a value. `read` turns the field's value into what is compared, where that is not the value."""

    field: str
    operator: str
    value: Any
    read: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Every:
    """Every part holds; without parts it always holds."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Some:
    """At least one part holds."""

    parts: tuple["Expression", ...]


Expression = Comparison | Every | Some
EVERYTHING = Every(())


def matcher(expression: Expression) -> Callable[[Row], bool]:
    """A test of one document.

    A null never satisfies a comparison. A text where another kind is declared is bad data, and greater than any value.
    """
    match expression:
        case Comparison(field, name, value, read):
            return _comparison(field, OPERATORS[name], value, read)
        case Every(parts):
            tests = tuple(matcher(part) for part in parts)
            return lambda row: all(test(row) for test in tests)
        case Some(parts):
            tests = tuple(matcher(part) for part in parts)
            return lambda row: any(test(row) for test in tests)


def is_bad(found: Any, value: Any) -> bool:
    """Whether a text was found where the value compared with says that there should be none."""
    return type(found) is str and type(value) is not str


def _comparison(
    field: str, compare: Callable[[Any, Any], bool], value: Any, read: Callable[[Any], Any] | None
) -> Callable[[Row], bool]:
    def test(row: Row) -> bool:
        found = row[field]
        if found is None:
            return False
        if is_bad(found, value):
            return compare is not operator.eq
        return compare(found if read is None or type(found) is str else read(found), value)

    return test


def lower_bound(expression: Expression, field: str) -> Any | None:
    """The least value of the field that can satisfy the expression; None if any value can."""
    match expression:
        case Comparison():
            return expression.value if expression.field == field and expression.read is None else None
        case Every(parts):
            bounds = [bound for part in parts if (bound := lower_bound(part, field)) is not None]
            return max(bounds, default=None)
        case Some(parts):
            bounds = [bound for part in parts if (bound := lower_bound(part, field)) is not None]
            return min(bounds, default=None) if len(bounds) == len(parts) else None


def certain_above(expression: Expression, field: str) -> Any | None:
    """A value above which every document satisfies the expression, whatever its other fields; None if there is none."""
    match expression:
        case Comparison():
            certain = expression.field == field and expression.read is None and expression.operator != "eq"
            return expression.value if certain else None
        case Every(parts):
            bounds = [bound for part in parts if (bound := certain_above(part, field)) is not None]
            return max(bounds, default=None) if len(bounds) == len(parts) else None
        case Some(parts):
            return min((bound for part in parts if (bound := certain_above(part, field)) is not None), default=None)
