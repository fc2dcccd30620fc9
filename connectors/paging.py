"""What a walk over pages gives, and how it is checked that the walk is sound and whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.cursor import Position
from connectors.decoding import Record, WireFormat
from connectors.entity import Entity
from connectors.session import IncompleteRead, SourceSession


@dataclass(frozen=True)
class Page:
    """Records as they came; ``position`` is where the walk goes on behind them (``None``: it cannot)."""

    records: Sequence[Record]
    position: Position | None


class Tally:
    """Holds a walk against the number of rows that its first page announced.

    Walks over server-side offsets lose a row for every row that moves or vanishes before it. A repeated page must not
    hide that, so rows that the page before had already are not counted twice.
    """

    def __init__(self, announced: int) -> None:
        self._announced = announced
        self._distinct = 0
        self._previous: frozenset[tuple[str, ...]] = frozenset()

    def add(self, entity: Entity, rows: Sequence[Record]) -> None:
        """Count the rows of the next page."""
        page = frozenset(tuple(str(row.get(name)) for name in entity.key) for row in rows)
        self._distinct += len(page - self._previous)
        self._previous = page

    def verify(self, session: SourceSession, source: str) -> None:
        """At the end of the walk.

        Raises:
            IncompleteRead: fewer rows came than were announced.
        """
        if self._distinct < self._announced:
            raise IncompleteRead(
                f"{session.system} announced {self._announced} rows of {source} and sent {self._distinct}, so rows"
                " moved or vanished while they were read: run the extract again with --full."
            )


def is_list_of_rows(value: Any) -> bool:
    """Whether this is what a page of rows looks like."""
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def position_behind(session: SourceSession, entity: Entity, rows: Sequence[Record], wire: WireFormat) -> Position:
    """The position of the last row whose order fields can all be read; the rows behind it will come again.

    Raises:
        SourceError: there is none, so the walk has nowhere to go on from.
    """
    for row in reversed(rows):
        texts = tuple(row.get(name) for name in entity.order)
        if all(isinstance(text, str) for text in texts) and _value(entity, entity.order[0], row, wire) is not None:
            return texts  # type: ignore[return-value]
    session.fail(
        f"sent a page of {entity.name} in which no row has both {' and '.join(entity.order)}, so the walk cannot go on"
    )


def position_as_instant(entity: Entity, position: Position | None, wire: WireFormat) -> datetime | None:
    """The change time in a position whose first part is one."""
    return _value(entity, entity.order[0], {entity.order[0]: position[0]}, wire) if position else None


def why_not_asked_for(
    entity: Entity, rows: Sequence[Record], wire: WireFormat, since: datetime | None, after: Position | None
) -> str | None:
    """What is wrong with rows that were asked for in order of change, from ``since`` (UTC), behind ``after``.

    Servers drop what they do not understand of a query and answer the rest; a walk over such answers would lose rows,
    or never end.
    """
    name = entity.order[0]
    lowest = position_as_instant(entity, after, wire) or since
    for row in rows:
        at = _value(entity, name, row, wire)
        if at is not None:
            if lowest is not None and at < lowest:
                return (
                    f"ignored part of the query: {name} of {entity.name} is out of order, or below what was asked for"
                )
            lowest = at
    if rows and after == tuple(rows[-1].get(part) for part in entity.order):
        return f"ignored part of the query: it sent the same rows of {entity.name} again"
    return None


def _value(entity: Entity, name: str, row: Record, wire: WireFormat) -> Any:
    field = entity.field(name)
    try:
        return wire.decoders[field.kind](row[name], field)
    except (KeyError, ValueError, TypeError):
        return None
