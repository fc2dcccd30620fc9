"""Early warnings: episodes in which a promise was moved later or has passed, or nobody confirmed it, and what they are
worth. A world is too small for the rule about likely delays, which must be silent in it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tests.dbt_project.kpi_oracle.delivery import ScheduleLine, in_order_unit, schedule_lines
from tests.dbt_project.kpi_oracle.materials import units_of
from tests.dbt_project.kpi_oracle.observed import Seen, number, plain
from tests.dbt_project.kpi_oracle.orders import Key, first_confirmed, movements, orders
from tests.dbt_project.kpi_oracle.parties import parties
from tests.dbt_project.kpi_oracle.stock import Site, cover_of_days
from tests.dbt_project.kpi_oracle.trust import completed, is_stale

MOVED, OVERDUE, UNCONFIRMED = "promise_moved_later", "overdue", "no_confirmation"
OVERDUE_GRACE = 1
WATCH_DAYS, ALERT_DAYS = {MOVED: 1, OVERDUE: 1, UNCONFIRMED: 5}, {MOVED: 5, OVERDUE: 4, UNCONFIRMED: 10}
SLIP_DAYS, AMPLE_DAYS = {MOVED: 0, OVERDUE: 3, UNCONFIRMED: 0}, 30
FEEDS = ("purchase_order", "material_document")
WATCH_VALUE, ALERT_VALUE = 500, 5000


Covers = Mapping[Site, Mapping[date, int | None]]


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


def _unconfirmed(
    readings: Seen, part: ScheduleLine, ending: Ending, confirmed_at: datetime | None, as_of: datetime
) -> Iterator[Episode]:
    """From so many days after the order was sent until somebody confirmed the line, or it ended."""
    header, line = orders(readings).headers[part.key[:2]], orders(readings).lines[part.key[:3]].newest
    if line is None or not line.content["SupplierConfirmationControlKey"] or part.latest_promise is None:
        return
    is_late_addition = header.versions[0].read_at < part.first_read_at
    if part.order_type == "FO" or part.order_date is None or is_late_addition:
        sent = part.first_read_at.date()
    else:
        sent = part.order_date
    since = datetime.combine(sent + timedelta(days=WATCH_DAYS[UNCONFIRMED]), time(), UTC)
    until = min((at for at in (confirmed_at, ending.at) if at), default=None)
    if since >= (until or as_of) or (ending.in_full is not None and since.date() > ending.in_full):
        return
    promise = Promise(part.latest_promise, part.changes[-1].from_date if part.changes else None, part.first_read_at)
    reason = "confirmed" if until and until == confirmed_at else ending.reason
    yield Episode(UNCONFIRMED, since, promise, ((until or as_of).date() - sent).days, until, reason if until else None)


Stock = tuple[str, date, int | None]  # the verdict, and the newest reading with the days it lasts


def _stock(readings: Seen, part: ScheduleLine, episode: Episode, is_old: bool, covers: Covers) -> Stock | None:
    """Short where stock is out before the line can come on any day of the episode; ample where the newest reading,
    if it is not stale, lasts long beyond."""
    line = orders(readings).lines[part.key[:3]].newest
    if line is None or not line.content["Material"] or line.content.get("PurchaseOrderItemCategory") == "5":
        return None
    site = (part.key[0], number(line.content["Material"]) or "", plain(line.content["Plant"]) or "")
    last = episode.cleared.date() if episode.cleared else date.max
    days = {day: cover for day, cover in covers.get(site, {}).items() if episode.started.date() <= day <= last}
    if not days:
        return None
    slack: dict[date, int | None] = {}
    for day, cover in days.items():
        needed = max(episode.promise.day, day + timedelta(days=1)) + timedelta(days=SLIP_DAYS[episode.rule])
        slack[day] = None if cover is None else (day + timedelta(days=cover) - needed).days
    newest = max(days)
    if any(left is not None and left < 0 for left in slack.values()):
        return "short", newest, days[newest]
    left = slack[newest]
    is_ample = not is_old and (left is None or left >= AMPLE_DAYS)
    return "ample" if is_ample else "enough", newest, days[newest]


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
    rows, last, covers, confirmed = [], completed(readings), cover_of_days(readings), first_confirmed(readings)
    for part in schedule_lines(readings, as_of):
        if not part.is_performance or part.vendor is None:
            continue
        ending, connection = _ending(part), part.key[0]
        promises = _promises(part, ending)
        is_strategic = vendors[part.vendor].is_strategic
        episodes = [*_moved_later(part, promises, ending), *_overdue(part, promises, ending, as_of)]
        # without confirmations that could be missing nobody can say that one is
        if (connection, "supplier_confirmation") in last:
            episodes += _unconfirmed(readings, part, ending, confirmed.get(part.key[:3]), as_of)
        for episode in episodes:
            # what ended before we first saw the line was never ours to warn about
            if episode.cleared is not None and episode.cleared <= part.first_read_at:
                continue
            feeds = (*FEEDS, "supplier_confirmation") if episode.rule == UNCONFIRMED else FEEDS
            is_muted = any(is_stale(last.get((connection, entity)), as_of) for entity in feeds)
            is_stock_old = is_stale(last.get((connection, "material_stock")), as_of)
            stock = _stock(readings, part, episode, is_stock_old, covers)
            is_short, is_ample = (stock is not None and stock[0] == verdict for verdict in ("short", "ample"))
            value = _value_at_start(part, episode, booked[part.key[:3]])
            # a value that nobody knows cannot be called small, and none is where stock is short
            is_worth = is_short or is_strategic or value is None or value >= WATCH_VALUE
            if episode.days < WATCH_DAYS[episode.rule] or not is_worth:
                continue
            is_dear = is_strategic or value is None or value >= ALERT_VALUE
            is_late = episode.days >= ALERT_DAYS[episode.rule]
            is_alert = is_short or (is_late and is_dear and (is_strategic or not is_ample))
            judged = {"severity": "alert" if is_alert else "watch", "is_strategic": is_strategic, "is_muted": is_muted}
            told = dict(zip(("stock_verdict", "stock_date", "stock_cover_days"), stock or (None,) * 3, strict=True))
            rows.append(_row(readings, part, episode, value) | judged | told)
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
        "days_late": 0 if episode.rule == UNCONFIRMED else episode.days,
        "waiting_days": episode.days if episode.rule == UNCONFIRMED else None,
        "open_quantity": open_quantity,
        "open_value": None if part.unit_price is None else float(open_quantity * part.unit_price),
        "value_at_start": value,
        "currency": header and plain(header.content["DocumentCurrency"]),
        "quantity_unit": line and plain(line.content["PurchaseOrderQuantityUnit"]),
    }
