"""The run's clock. All instants are UTC and aware; a bare date means the end of that day."""

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from ecosystem.errors import UsageError


def parse_as_of(text: str) -> datetime:
    """Read an ISO date or instant.

    A bare date is its last microsecond; an instant without an offset is UTC.

    Raises:
        UsageError: the text is neither.
    """
    try:
        if len(text) == len("2026-06-30"):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"'{text}' is neither a date like 2026-06-30 nor an instant like 2026-06-30T18:00:00Z."
        ) from None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def current_time() -> datetime:
    """``ECOSYSTEM_NOW`` where it is set, else the wall clock."""
    configured = os.environ.get("ECOSYSTEM_NOW")
    return parse_as_of(configured) if configured else datetime.now(UTC)


def resolve_as_of(
    conf: Mapping[str, Any] | None, event_extras: Iterable[Mapping[str, Any]], run_after: datetime | None
) -> datetime:
    """The clock of a DAG run.

    The run's conf wins (``{"as_of": "2026-06-30"}``), then the greatest ``as_of`` among the triggering asset events'
    extras, then the time after which the run was due, then :func:`current_time`. Asset-triggered runs have no logical
    date, so it is not consulted.
    """
    if conf and conf.get("as_of"):
        return parse_as_of(str(conf["as_of"]))
    announced = [parse_as_of(str(extra["as_of"])) for extra in event_extras if extra.get("as_of")]
    if announced:
        return max(announced)
    return run_after.astimezone(UTC) if run_after else current_time()


def iso(instant: datetime) -> str:
    """``2026-06-30T18:00:00Z``: ISO 8601 in UTC with a ``Z``, microseconds only where there are any.

    Raises:
        ValueError: the instant has no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"the instant {instant} has no time zone")
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
