"""What was seen of a company: at each reading the documents visible then, and the versions that follow from them.

The oracle reads nothing else: no warehouse, no landed file, no model. A document is a mapping under the names of the
wire, its parts nested. A field whose text nobody can read holds an :class:`Unreadable`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

Row = Mapping[str, Any]
Seen = tuple["Reading", ...]  # the oldest first


@dataclass(frozen=True)
class Unreadable:
    """A value that came as this text and is none."""

    raw: str


@dataclass(frozen=True, eq=False)
class Reading:
    """One extraction of everything: the rows of each (connection, entity) that could be seen at that instant.

    ``complete``: the feeds that were read to their end, also those that had no row. Two readings are the same only if
    they are one object, so that what follows from readings can be remembered.
    """

    at: datetime
    documents: Mapping[tuple[str, str], Sequence[Row]]
    complete: frozenset[tuple[str, str]] = frozenset()

    def of(self, entity: str) -> Iterable[tuple[str, Row]]:
        """Connection and document of an entity, over all connections."""
        for (connection, name), rows in self.documents.items():
            if name == entity:
                for row in rows:
                    yield connection, row


@dataclass(frozen=True)
class Version:
    """A content that a document had from a reading on, until another one came."""

    content: Row
    read_at: datetime
    changed_at: datetime
    is_readable: bool


@dataclass(frozen=True)
class History:
    """All versions of one document, oldest first."""

    versions: tuple[Version, ...]

    @property
    def readable(self) -> tuple[Version, ...]:
        return tuple(version for version in self.versions if version.is_readable)

    @property
    def newest(self) -> Version | None:
        """The newest version in which everything that is needed could be read."""
        return self.readable[-1] if self.readable else None

    @property
    def is_newest_unreadable(self) -> bool:
        return not self.versions[-1].is_readable

    def since(self, holds: Callable[[Row], bool]) -> datetime | None:
        """The change time of the version since which it holds without a break, None if it does not hold now."""
        found = None
        for version in reversed(self.readable):
            if not holds(version.content):
                break
            found = version.changed_at
        return found


def number(text: Any) -> str | None:
    """A document number without the padding that services add; None where there is none."""
    bare = (text or "").strip()
    return (bare.lstrip("0") or "0") if bare.isdigit() else bare or None


def plain(text: Any) -> str | None:
    """A text, None where it is empty."""
    return (text or "").strip() or None


def known(value: Any) -> Any:
    """A value, None where nobody can read it."""
    return None if isinstance(value, Unreadable) else value


def histories(
    seen: Iterable[tuple[datetime, datetime | None, tuple[str | None, ...], Row]], needed: Sequence[str] = ()
) -> dict[tuple[str, ...], History]:
    """Versions by key of (read at, changed at, key, content): a content that equals the one before is no version.

    A row without a part of its key cannot be placed and is left out. ``needed`` names the fields without which a
    version says nothing useful.
    """
    versions: dict[tuple[str, ...], list[Version]] = {}
    for read_at, changed_at, key, content in seen:
        if any(part is None for part in key):
            continue
        own = versions.setdefault(key, [])
        if not own or own[-1].content != content:
            is_readable = not any(isinstance(content.get(name), Unreadable) for name in needed)
            own.append(Version(content, read_at, changed_at or read_at, is_readable))
    return {key: History(tuple(own)) for key, own in versions.items()}


def contents(row: Row, *without: str) -> Row:
    """A row's own fields: no parts, no clocks, empty texts as None."""
    return {
        name: (plain(value) if isinstance(value, str) else value)
        for name, value in row.items()
        if name not in without and not isinstance(value, list | tuple)
    }


def instant_of(day: date | None, clock: str | None) -> datetime | None:
    """A date and a time of day as an instant, UTC."""
    return None if day is None else datetime.combine(day, time.fromisoformat(clock or "00:00:00"), UTC)


def month(day: date) -> date:
    return date(day.year, day.month, 1)


def quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
