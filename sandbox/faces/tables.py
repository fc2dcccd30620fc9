"""Documents of a source, kept sorted for as long as the source's clock stands still."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecosystem.errors import EcosystemError
from sandbox.faces.entity import Entity, Kind
from sandbox.faces.expression import EVERYTHING, Expression, certain_above, lower_bound, matcher
from sandbox.source import Row, Source


def _checked(entity: Entity, rows: Sequence[Row]) -> list[Row]:
    """The rows with instants cut to the system's tick; fails when a declared field is missing."""
    names = {field.name for field in entity.fields}
    instants = [field.name for field in entity.fields if field.kind is Kind.INSTANT]
    kept = []
    for row in rows:
        missing = names - row.keys()
        if missing:
            key = "/".join(str(row.get(name)) for name in entity.keys)
            raise EcosystemError(
                f"The sandbox's source gave the {entity.name} {key} without the field {min(missing)}: "
                "add it in the source, as None if it is unknown."
            )
        if entity.tick > 1:
            row = {**row, **{name: _cut(row[name], entity.tick) for name in instants}}
        kept.append(row)
    return kept


def _cut(value: Any, tick: int) -> Any:
    if not isinstance(value, datetime):
        return value
    return value.replace(microsecond=value.microsecond // tick * tick)


def _order_key(order: tuple[str, ...]) -> Callable[[Row], Any]:
    """Nulls first; texts where another kind is declared, which are bad data, last."""
    return lambda row: tuple((row[name] is not None, type(row[name]) is str, row[name]) for name in order)


@dataclass(frozen=True)
class Found:
    """The documents that satisfy a condition, in order: those of `tested`, then those of `rows` from `certain` on."""

    tested: Sequence[Row]
    rows: Sequence[Row]
    certain: int

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.tested) + len(self.rows) - self.certain

    def page(self, offset: int, size: int) -> Sequence[Row]:
        """`size` documents from `offset` on, fewer at the end."""
        end = offset + size
        begin = self.certain + max(0, offset - len(self.tested))
        return [*self.tested[offset:end], *self.rows[begin : self.certain + max(0, end - len(self.tested))]]


@dataclass(frozen=True)
class Sorted:
    """Documents in one order; `leading` holds the first field of the order, where that is never null nor bad data."""

    rows: Sequence[Row]
    order: tuple[str, ...]
    leading: Sequence[Any] | None

    def matching(self, expression: Expression) -> Found:
        """The documents that satisfy the expression.

        Where the expression bounds the leading field, only those between its bounds are tested: a keyset walk costs its
        pages and not the table.
        """
        if expression == EVERYTHING:
            return Found((), self.rows, 0)
        start, certain = 0, len(self.rows)
        if self.leading is not None:
            least, above = lower_bound(expression, self.order[0]), certain_above(expression, self.order[0])
            start = 0 if least is None else bisect_left(self.leading, least)
            certain = certain if above is None else bisect_right(self.leading, above)
        return Found(list(filter(matcher(expression), self.rows[start:certain])), self.rows, certain)


class Table:
    """All documents of an entity at one instant."""

    def __init__(self, entity: Entity, rows: Sequence[Row]) -> None:
        self.rows = _checked(entity, rows)
        self._sorted: dict[tuple[str, ...], Sorted] = {}

    def sorted_by(self, order: tuple[str, ...]) -> Sorted:
        """The documents ordered by these fields, nulls first, bad data last; ties keep the source's order."""
        if order not in self._sorted:
            rows = sorted(self.rows, key=_order_key(order)) if order else self.rows
            leading = [row[order[0]] for row in rows] if order else []
            is_uniform = len({type(value) for value in leading} - {type(None)}) == 1 and leading[0] is not None
            self._sorted[order] = Sorted(rows, order, leading if is_uniform else None)
        return self._sorted[order]


class Tables:
    """The tables of a source, read again when its clock has moved: until then a source answers the same."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._now: datetime | None = None
        self._tables: dict[str, Table] = {}

    def of(self, entity: Entity) -> Table:
        """The entity's documents as they are now."""
        now = self._source.now()
        if now != self._now:
            self._tables.clear()
            self._now = now
        if entity.name not in self._tables:
            self._tables[entity.name] = Table(entity, self._source.rows(entity.name))
        return self._tables[entity.name]
