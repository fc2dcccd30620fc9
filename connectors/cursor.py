"""Where a run starts, and what it leaves in the footer for the next one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.landing import Batch, Mode
from ecosystem.clock import iso

Position = tuple[str, ...]
"""The texts of an entity's ``order`` fields in one row, as they came on the wire."""


@dataclass(frozen=True)
class Start:
    """What a reader is asked for.

    Attributes:
        mode: ``full`` reads all there is, whatever else is set here.
        since: lowest source change time to read (UTC, inclusive); ``None``: from the beginning.
        after: an interrupted run goes on behind this position; ``None``: nothing was interrupted.
    """

    mode: Mode
    since: datetime | None = None
    after: Position | None = None


@dataclass(frozen=True)
class Cursor:
    """How far the landed rows reach.

    Attributes:
        position: of the last landed row; ``None`` where the walk was not ordered by change, or landed nothing yet.
        changed_at: greatest source change time landed (UTC).
        started_at: clock of the run that began this walk. Rows committed behind the position while the walk went on,
            or while it lay interrupted, changed at this time or later, less the overlap.
        window_from: where the walk began (UTC); ``None``: at the beginning of all rows.
    """

    position: Position | None
    changed_at: datetime | None
    started_at: datetime
    window_from: datetime | None

    def as_json(self) -> dict[str, Any]:
        """As the footer holds it."""
        return {
            "position": list(self.position) if self.position else None,
            "changed_at": iso(self.changed_at) if self.changed_at else None,
            "started_at": iso(self.started_at),
            "window_from": iso(self.window_from) if self.window_from else None,
        }


def _from_json(data: Mapping[str, Any]) -> Cursor:
    instants = {name: data[name] and datetime.fromisoformat(data[name]) for name in ("changed_at", "window_from")}
    position = tuple(data["position"]) if data["position"] else None
    return Cursor(position=position, started_at=datetime.fromisoformat(data["started_at"]), **instants)


def resume(landed: list[Batch], overlap: timedelta, as_of: datetime) -> tuple[Start, Cursor]:
    """Start of an incremental run over what is landed of an entity, and the cursor that it moves on from there.

    The newest batch with a cursor decides. It ended its walk: read again from the overlap before it, because rows may
    be committed late and clocks may be ahead. It did not: go on behind its last row, as part of the same walk.
    """
    newest = max((batch for batch in landed if batch.cursor), key=lambda batch: batch.sequence, default=None)
    if newest is None or newest.cursor is None:
        return Start("incremental"), Cursor(None, None, as_of, None)
    cursor = _from_json(newest.cursor)
    if not newest.is_last:
        return Start("incremental", since=cursor.window_from, after=cursor.position), cursor
    since = min(cursor.changed_at, cursor.started_at) - overlap if cursor.changed_at else None
    return Start("incremental", since=since), Cursor(cursor.position, cursor.changed_at, as_of, since)
