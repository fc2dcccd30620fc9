"""Early warnings: episodes in which a promise was moved later or has passed, and what they are worth."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tests.dbt_project.kpi_oracle.delivery import ScheduleLine, in_order_unit, schedule_lines
from tests.dbt_project.kpi_oracle.materials import units_of
from tests.dbt_project.kpi_oracle.observed import Seen, plain
from tests.dbt_project.kpi_oracle.orders import Key, movements, orders
from tests.dbt_project.kpi_oracle.parties import parties
from tests.dbt_project.kpi_oracle.trust import completed, is_stale

MOVED, OVERDUE = "promise_moved_later", "overdue"
OVERDUE_GRACE = 1
WATCH_DAYS, ALERT_DAYS = 1, {MOVED: 5, OVERDUE: 4}
WATCH_VALUE, ALERT_VALUE = 500, 5000


@dataclass(frozen=True)
class Promise:
    """A delivery date that held from an instant on."""

    day: date
    previous: date | None
    since: datetime


@dataclass(frozen=True)
class Ending:
    """How and when a line ended as far as we were told; the goods may have come before that."""

    at: datetime | None = None
    reason: str | None = None
    in_full: date | None = None


@dataclass
class Episode:
    """A time in which a rule held for a line."""

    rule: str
    started: datetime
    promise: Promise
    days: int
    cleared: datetime | None = None
    reason: str | None = None


def _ending(part: ScheduleLine) -> Ending:
    if part.state == "cancelled":
        return Ending(part.cancelled_at, "cancelled")
    if part.in_full is not None and part.completed_by is not None:
        return Ending(part.completed_by.recorded_at, "delivered", part.in_full)
    return Ending()


def _promises(part: ScheduleLine, ending: Ending) -> list[Promise]:
    """The first landed date and every change of it before the line ended: a date set later promises nothing."""
    if part.requested is None:
        return []
    changes = [Promise(change.to_date, change.from_date, change.changed_at) for change in part.changes]
    while changes and ending.at is not None and changes[-1].since >= ending.at:
        changes.pop()
    return [Promise(part.requested, None, part.first_read_at), *changes]


def _moved_later(part: ScheduleLine, promises: list[Promise], ending: Ending) -> Iterator[Episode]:
    """From a move to a later date until the date is back at the first promise or before, or the line ended; what begins
    again on the day on which it began is the same episode."""
    episode: Episode | None = None
    ended: list[Episode] = []
    for promise in promises[1:]:
        is_later = promise.previous is not None and promise.day > promise.previous
        is_back = not is_later and part.first_promise is not None and promise.day <= part.first_promise
        if episode is not None and is_back:
            episode.cleared, episode.reason = promise.since, "promise_restored"
            ended.append(episode)
            episode = None
        if episode is None and is_later:
            began_today = ended and ended[-1].started.date() == promise.since.date()
            episode = ended.pop() if began_today else Episode(MOVED, promise.since, promise, 0)
        if episode is not None:
            behind = [(promise.day - day).days for day in (part.first_promise, promise.previous) if day]
            episode.promise, episode.days = promise, max(episode.days, *behind)
    if episode is not None:
        episode.cleared, episode.reason = ending.at, ending.reason
        ended.append(episode)
    yield from ended


def _overdue(part: ScheduleLine, promises: list[Promise], ending: Ending, as_of: datetime) -> Iterator[Episode]:
    """From the day after promise and grace until a new date in the future, or the line ended."""
    if "receipt_in_other_unit" in part.flags:
        return
    episode: Episode | None = None
    for place, promise in enumerate(promises):
        following = promises[place + 1].since if place + 1 < len(promises) else None
        until = following or ending.at
        passed = datetime.combine(promise.day + timedelta(days=OVERDUE_GRACE + 1), time(), UTC)
        since = passed if place == 0 else max(passed, promise.since)
        is_late = since < (until or as_of)
        # goods that came in time were never late, whenever the receipt was recorded
        if ending.in_full is not None and since.date() > ending.in_full:
            is_late = False
        if episode is not None and not (is_late and passed <= promise.since):
            yield episode
            episode = None
        if not is_late:
            continue
        if episode is None:
            episode = Episode(OVERDUE, since, promise, 0)
        last_day = (until or as_of).date()
        if following is None and ending.in_full is not None:
            last_day = ending.in_full
        episode.promise, episode.days = promise, max(episode.days, (last_day - promise.day).days)
        episode.cleared, episode.reason = until, "re_promised" if following else ending.reason
    if episode is not None:
        yield episode


def _value_at_start(part: ScheduleLine, episode: Episode, booked: list[tuple[datetime, Decimal]]) -> float | None:
    """What was open when the episode began, as far as it was booked."""
    if part.unit_price is None:
        return None
    received = sum((quantity for recorded, quantity in booked if recorded <= episode.started), Decimal(0))
    own = max(received - part.ordered_before, Decimal(0))
    return float(max(part.ordered - own, Decimal(0)) * part.unit_price)


def early_warning(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """Episodes that are worth a word."""
    vendors, seen, units = parties(readings).vendors, orders(readings), units_of(readings)
    booked: dict[Key, list[tuple[datetime, Decimal]]] = defaultdict(list)
    for movement in movements(readings):
        line = seen.lines.get(movement.line)
        if line and line.newest:
            quantity = in_order_unit(units, movement.line[0], line.newest.content, movement)
            booked[movement.line].append((movement.recorded_at, quantity or Decimal(0)))
    rows, last = [], completed(readings)
    for part in schedule_lines(readings, as_of):
        if not part.is_performance or part.vendor is None:
            continue
        ending = _ending(part)
        promises = _promises(part, ending)
        is_strategic = vendors[part.vendor].is_strategic
        feeds = [last.get((part.key[0], entity)) for entity in ("purchase_order", "material_document")]
        is_muted = any(is_stale(complete, as_of) for complete in feeds)
        for episode in [*_moved_later(part, promises, ending), *_overdue(part, promises, ending, as_of)]:
            # what ended before we first saw the line was never ours to warn about
            if episode.cleared is not None and episode.cleared <= part.first_read_at:
                continue
            value = _value_at_start(part, episode, booked[part.key[:3]])
            # a value that nobody knows cannot be called small
            if episode.days < WATCH_DAYS or not (is_strategic or value is None or value >= WATCH_VALUE):
                continue
            is_alert = episode.days >= ALERT_DAYS[episode.rule] and (
                is_strategic or value is None or value >= ALERT_VALUE
            )
            judged = {"severity": "alert" if is_alert else "watch", "is_strategic": is_strategic, "is_muted": is_muted}
            rows.append(_row(readings, part, episode, value) | judged)
    return rows


def _row(readings: Seen, part: ScheduleLine, episode: Episode, value: float | None) -> dict[str, Any]:
    header, line = orders(readings).headers[part.key[:2]].newest, orders(readings).lines[part.key[:3]].newest
    open_quantity = Decimal(0) if part.in_full or part.is_cancelled else max(part.ordered - part.received, Decimal(0))
    return {
        "rule_id": episode.rule,
        "vendor_key": part.vendor,
        "purchase_order": part.key[1],
        "purchase_order_line": part.key[2],
        "schedule_line": part.key[3],
        "episode": str(episode.started.date()),
        "signal_state": "active" if episode.cleared is None else "cleared",
        "started_at": episode.started,
        "cleared_at": episode.cleared,
        "clear_reason": episode.reason,
        "first_promise_date": part.first_promise,
        "previous_promise_date": episode.promise.previous,
        "latest_promise_date": episode.promise.day,
        "days_late": episode.days,
        "open_quantity": open_quantity,
        "open_value": None if part.unit_price is None else float(open_quantity * part.unit_price),
        "value_at_start": value,
        "currency": header and plain(header.content["DocumentCurrency"]),
        "quantity_unit": line and plain(line.content["PurchaseOrderQuantityUnit"]),
    }
