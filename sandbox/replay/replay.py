"""The replay as a source: real documents, a clock, and nothing that changes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from sandbox.replay import incident_log, scms
from sandbox.source import Row, check_entity

FIRST_NOW = datetime(2017, 6, 30, 18, tzinfo=UTC)
"""Where the clock starts: after the last date of both files (18 February 2017)."""

LOADED_AT = datetime(2017, 6, 30, 6, tzinfo=UTC)
"""`LastChangeDateTime` of every order: the files keep no change times, the orders "changed" when they were loaded."""


class Replay:
    """The files of `folder` behind the `Source` protocol; `advance` moves only the clock.

    Raises `ReplayFileError` when a file is missing or not readable to the last cell. Entities that the files
    do not hold (accounts, surveys, proposals) have no rows.
    """

    def __init__(self, folder: Path, start: datetime = FIRST_NOW) -> None:
        if start < FIRST_NOW:
            raise ValueError(
                f"The replay begins at {FIRST_NOW.isoformat()}: {start.isoformat()} is before its files end."
            )
        self._now = start
        self._rows = _load(folder.resolve())

    def now(self) -> datetime:
        """The replay's present (UTC)."""
        return self._now

    def rows(self, entity: str) -> Sequence[Row]:
        """All documents of `entity`, ordered by key."""
        check_entity(entity)
        return self._rows.get(entity, ())

    def advance(self, days: int) -> None:
        """Move the clock by whole days; no document changes."""
        if days < 0:
            raise ValueError(f"The clock cannot go back by {-days} days.")
        self._now += timedelta(days=days)


@cache
def _load(folder: Path) -> dict[str, Sequence[Row]]:
    lines = scms.read_lines(folder)
    return {
        "supplier": scms.suppliers(lines),
        "purchase_order": scms.purchase_orders(lines, LOADED_AT),
        "material_document": scms.material_documents(lines),
        "incident": incident_log.read_incidents(folder),
    }
