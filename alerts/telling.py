"""Who is told of what now: first mails, reminders, escalations, closings and weekly digests, out of the ledger's state.

Nothing here depends on what changed just now: what is due follows from what stands in the ledger, the silences, the
routes file and the clock, and telling it changes the ledger so that it is due no longer. So what had to wait (for a
weekend, a silence, a stale feed) is told when it may be, and running again at the same clock tells nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from alerts import ledger, life_mail, line_mail, precision, vendor_mail
from alerts.besides import put_letter, put_posts
from alerts.business_days import is_business_day, latest, start_of
from alerts.context import MailContext, mail_context
from alerts.facts import signal_from
from alerts.lifecycle import CLOSED, CLOSING, MAILED_SEVERITY, OPENING, Announced, Change, State
from alerts.mail import Told
from alerts.message import Mail
from alerts.muting import mute_reasons
from alerts.routing import Owner, owner_of, route_of
from alerts.signals import LineSignal, Published, Signal, VendorSignal
from alerts.timers import Timed, is_reminder_due, level_reached
from config.alert_routes import TEAM_ROUTE, AlertRoutes
from ecosystem.clock import iso

GONE_WHILE_STALE = "its feed is stale"
# What counts against the budget of a recipient: a mail that closes a thread or escalates must come.
BUDGETED = ("opened", "reminder")
_OPENING_CHANGES = sorted(change.value for change in OPENING)
_CLOSING_CHANGES = sorted(change.value for change in CLOSING)

Row = RowMapping
Composer = Callable[[Sequence[Told], Owner, MailContext, Sequence[str]], Mail]
_OF_LINES: Mapping[str, Composer] = {
    "opened": line_mail.opened_mail,
    "resolved": line_mail.resolved_mail,
    "withdrawn": line_mail.withdrawn_mail,
    "reminder": life_mail.reminder_mail,
    "escalated": life_mail.escalated_mail,
}
_OF_VENDORS: Mapping[str, Composer] = {
    **_OF_LINES,
    "opened": vendor_mail.opened_mail,
    "resolved": vendor_mail.resolved_mail,
    "withdrawn": vendor_mail.withdrawn_mail,
}


@dataclass(frozen=True)
class Telling:
    """What was decided: mails written, and open alerts that nobody is mailed of for now."""

    mails: int
    muted: int


@dataclass(frozen=True)
class _Item:
    """An alert in a mail that is to be written. ``suffix`` tells this mail about its opening from the others."""

    row: Row
    signal: Signal
    route: str
    suffix: str = ""
    reason: str | None = None

    @property
    def told(self) -> Told:
        opening = "" if self.row["cycle"] == 1 else f"#{self.row['cycle']}"
        return Told(f"{self.row['fingerprint']}{opening}{self.suffix}", self.signal, self.reason)


def tell(connection: Connection, published: Published, routes: AlertRoutes, clock: datetime) -> Telling:
    """Put into the outbox what is due at ``clock`` (UTC), and record that it was told.

    Runs in the transaction that took the publication in, so that the ledger and the mails cannot disagree.
    """
    desk = _Desk(connection, published, routes, clock)
    rows = ledger.open_alerts(connection)
    shown = [row for row in rows if row["fingerprint"] in desk.signals]
    muted = mute_reasons((desk.signals[row["fingerprint"]] for row in shown), desk.silences)
    muted |= {row["fingerprint"]: GONE_WHILE_STALE for row in rows if row["fingerprint"] not in desk.signals}
    _record_mutes(desk, rows, muted)

    _climb(desk, [row for row in rows if row["fingerprint"] not in muted])
    audible = [row for row in ledger.open_alerts(connection) if row["fingerprint"] not in muted]
    _close_threads(desk)
    _tell_of_escalations(desk)
    _tell_first(desk, audible)
    _remind(desk, audible)
    _tell_of_the_week(desk, audible, muted)
    return Telling(desk.written, len(muted))


class _Desk:
    """Writes mails into the outbox: what all kinds of them need."""

    def __init__(self, connection: Connection, published: Published, routes: AlertRoutes, clock: datetime) -> None:
        self.connection, self.published, self.routes, self.clock = connection, published, routes, clock
        self.signals = {signal.signal_key: signal for signal in published.signals}
        self.silences = ledger.active_silences(connection, clock)
        self.is_business_day = is_business_day(routes.calendar, clock)
        self.written = 0
        self._mails_of = _mails_of_the_week(connection, routes, clock)

    @cached_property
    def context(self) -> MailContext:
        """What mails draw on, read once for all that may be told; and not at all where nothing is."""
        open_or_over = (*ledger.open_alerts(self.connection), *ledger.untold_closings(self.connection))
        may_be_told = [self.signals[row["fingerprint"]] for row in open_or_over if row["fingerprint"] in self.signals]
        return mail_context(self.published, self.routes, may_be_told, precision.measure(self.connection))

    def may_mail(self, kpi_family: str) -> bool:
        """Whether mails about the family go out today."""
        return self.is_business_day or kpi_family in self.routes.calendar.mail_any_day

    def signal_of(self, row: Row) -> Signal:
        """What the publication shows, else what was known when it opened."""
        return self.signals.get(row["fingerprint"]) or signal_from(row["facts"])

    def over_budget(self, route: str, kpi_family: str) -> frozenset[str]:
        """Recipients of the route who have had the mails of their week; nobody where the family must be answered."""
        budget = self.routes.weekly_mails_per_recipient
        if budget is None or kpi_family in self.routes.answer_within_hours:
            return frozenset()
        recipients = owner_of(route, self.routes).team.recipients
        return frozenset(one for one in recipients if self._mails_of[one] >= budget)

    def write(self, kind: str, items: Sequence[_Item], left_out: Collection[str] = ()) -> int:
        """Compose one mail and put it into the outbox; gives its id."""
        owner = owner_of(items[0].route, self.routes)
        composer = (_OF_VENDORS if isinstance(items[0].signal, VendorSignal) else _OF_LINES)[kind]
        thread = ledger.thread_of(self.connection, [item.row["id"] for item in items], owner.route)
        told = [item.told for item in items]
        outbox_id = self.put(composer(told, owner, self.context, thread), owner, left_out)
        # A vendor is told of a closing once, however many of our teams are.
        if not items[0].suffix:
            alert_ids = [item.row["id"] for item in items]
            put_letter(self.connection, kind, told, alert_ids, self.context, self.routes, outbox_id, self.clock)
        return outbox_id

    def put(self, composed: Mail, owner: Owner, left_out: Collection[str] = ()) -> int:
        """Put a mail into the outbox; gives its id."""
        outbox_id = ledger.add_mail(
            self.connection,
            message_id=composed.message_id,
            kind=composed.kind,
            route=composed.route,
            subject=composed.subject,
            content=composed.content,
            as_of=self.clock,
        )
        if left_out:
            rows = [{"outbox_id": outbox_id, "address": address} for address in sorted(left_out)]
            self.connection.execute(insert(ledger.outbox_left_out), rows)
        put_posts(self.connection, composed, owner.team.name, self.routes, outbox_id, self.clock)
        if composed.kind in BUDGETED:
            self._mails_of.update(set(owner.team.recipients) - set(left_out))
        self.written += 1
        return outbox_id

    def record(self, rows: Iterable[Row], change: Change, **values: Any) -> None:
        """Append an event to the history of each alert; its state is what ``to_state`` says, else unchanged."""
        events = [
            {
                "alert_id": row["id"],
                "change": change.value,
                "from_state": row["state"],
                "to_state": row["state"],
                "at": self.clock,
                "actor": ledger.SYSTEM_ACTOR,
                "reason": None,
                "build_id": self.published.build_id,
                "cycle": row["cycle"],
            }
            | values
            for row in rows
        ]
        ledger.add_event(self.connection, events)


def _mails_of_the_week(connection: Connection, routes: AlertRoutes, clock: datetime) -> Counter[str]:
    """How many mails that count against the budget each recipient has had since Monday."""
    since = start_of(latest("monday", routes.calendar, clock), routes.calendar)
    chosen = select(ledger.outbox.c.id, ledger.outbox.c.route).where(
        ledger.outbox.c.kind.in_(BUDGETED), ledger.outbox.c.as_of >= since
    )
    mails = connection.execute(chosen).all()
    left_out = ledger.recipients_left_out(connection, [row.id for row in mails])
    return Counter(
        address
        for row in mails
        for address in owner_of(row.route, routes).team.recipients
        if address not in left_out[row.id]
    )


def _record_mutes(desk: _Desk, rows: Sequence[Row], muted: Mapping[str, str]) -> None:
    changed = [row for row in rows if row["muted_by"] != muted.get(row["fingerprint"])]
    ledger.change_alerts(
        desk.connection, [{"id": row["id"], "muted_by": muted.get(row["fingerprint"])} for row in changed]
    )
    by_reason: dict[str | None, list[Row]] = defaultdict(list)
    for row in changed:
        by_reason[muted.get(row["fingerprint"])].append(row)
    for reason, of_reason in by_reason.items():
        desk.record(of_reason, Change.MUTE if reason else Change.UNMUTE, reason=reason)


def _climb(desk: _Desk, rows: Sequence[Row]) -> None:
    """Take what nobody has taken on up the ladder. The mails follow when they may go out."""
    levels = {row["id"]: level_reached(_timed(row), desk.routes, desk.clock) for row in rows}
    climbed = [row for row in rows if levels[row["id"]] > row["escalation_level"]]
    changed = {"state": State.ESCALATED.value, "changed_at": desk.clock}
    ledger.change_alerts(
        desk.connection, [{"id": row["id"], "escalation_level": levels[row["id"]]} | changed for row in climbed]
    )
    by_telling: dict[datetime, list[Row]] = defaultdict(list)
    for row in climbed:
        by_telling[row["told_at"]].append(row)
    for told_at, told_then in by_telling.items():
        reason = f"nobody has taken it on since {iso(told_at)}"
        desk.record(told_then, Change.ESCALATE, to_state=State.ESCALATED.value, reason=reason)


def _timed(row: Row) -> Timed:
    return Timed(
        severity=row["severity"],
        kpi_family=row["kpi_family"],
        opened_at=row["opened_at"],
        told_at=row["told_at"],
        reminded_at=row["reminded_at"],
        acknowledged_at=row["acknowledged_at"],
        escalation_level=row["escalation_level"],
    )


def _close_threads(desk: _Desk) -> None:
    """Tell everybody who was mailed of an alert that it is over; a silence keeps all but corrections quiet."""
    rows = [row for row in ledger.untold_closings(desk.connection) if desk.may_mail(row["kpi_family"])]
    events = ledger.latest_events(desk.connection, [row["id"] for row in rows], _CLOSING_CHANGES)
    items = []
    for row in rows:
        signal = desk.signal_of(row)
        is_withdrawn = State(row["state"]) is State.WITHDRAWN
        if is_withdrawn or not any(silence.matches(signal) for silence in desk.silences):
            reason = _closing_reason(events[row["id"]])
            items += [
                _Item(row, signal, route, f"@{route}" if number else "", reason)
                for number, route in enumerate(_told_routes(row, desk.routes))
            ]
    for (state, *_), group in sorted(_grouped(items, lambda item: item.row["state"]).items()):
        outbox_id = desk.write(state, group)
        if not group[0].suffix:
            ledger.link_events(desk.connection, [events[item.row["id"]]["id"] for item in group], outbox_id)
    ledger.change_alerts(desk.connection, [{"id": row["id"], "is_closing_untold": False} for row in rows])


def _told_routes(row: Row, routes: AlertRoutes) -> list[str]:
    """The route that was mailed, then the teams of the rungs that were."""
    rungs = routes.escalation.get(row["severity"], ())[: row["escalation_told"]]
    return list(dict.fromkeys([row["route"], *(f"{TEAM_ROUTE}{rung.team}" for rung in rungs)]))


def _closing_reason(event: Row) -> str | None:
    if event["reason_code"] is None:
        return str(event["reason"]) if event["reason"] else None
    return (
        "closed as a false alarm" if event["verdict"] == "false" else f"closed by hand, cause: {event['reason_code']}"
    )


def _tell_of_escalations(desk: _Desk) -> None:
    """Mail the team of every rung that was reached and not told of, by the clock or by hand."""
    rows = [
        row
        for row in ledger.open_alerts(desk.connection)
        if row["escalation_told"] < row["escalation_level"] and desk.may_mail(row["kpi_family"])
    ]
    facts = ledger.facts_of(desk.connection, [row["id"] for row in rows])
    events = ledger.latest_events(desk.connection, [row["id"] for row in rows], [Change.ESCALATE.value])
    items = []
    for row in rows:
        if State(row["state"]) is not State.ESCALATED:
            continue
        signal = desk.signals.get(row["fingerprint"]) or signal_from(facts[row["id"]])
        reason = events[row["id"]]["reason"] or "a colleague asks you to look at it"
        ladder = desk.routes.escalation.get(row["severity"], ())
        items += [
            _Item(row, signal, f"{TEAM_ROUTE}{ladder[level].team}", f"/rung-{level + 1}", reason)
            for level in range(row["escalation_told"], min(row["escalation_level"], len(ladder)))
        ]
    for _, group in sorted(_grouped(items, lambda item: item.suffix).items()):
        outbox_id = desk.write("escalated", group)
        desk.record([item.row for item in group], Change.TELL_RUNG, outbox_id=outbox_id)
    ledger.change_alerts(
        desk.connection, [{"id": row["id"], "escalation_told": row["escalation_level"]} for row in rows]
    )


def _tell_first(desk: _Desk, rows: Sequence[Row]) -> None:
    """Mail the alerts that nobody was told of, the weightiest first; beyond the budget they wait for the digest."""
    due = [
        row
        for row in rows
        if row["severity"] == MAILED_SEVERITY
        and Announced(row["announced"]) is Announced.NOT
        and row["acknowledged_at"] is None
        and desk.may_mail(row["kpi_family"])
    ]
    events = ledger.latest_events(desk.connection, [row["id"] for row in due], _OPENING_CHANGES)
    items = []
    for row in due:
        signal = desk.signals[row["fingerprint"]]
        items.append(_Item(row, signal, route_of(signal, desk.routes), reason=events[row["id"]]["reason"]))
    changes = []
    for group in sorted(_grouped(items).values(), key=_weight):
        route = group[0].route
        left_out = desk.over_budget(route, group[0].row["kpi_family"])
        if left_out == set(owner_of(route, desk.routes).team.recipients):
            announced, told_at = Announced.QUEUED, None
        else:
            outbox_id = desk.write("opened", group, left_out)
            ledger.link_events(desk.connection, [events[item.row["id"]]["id"] for item in group], outbox_id)
            announced, told_at = Announced.MAIL, desk.clock
        changes += [
            {"id": item.row["id"], "announced": announced.value, "route": route, "told_at": told_at} for item in group
        ]
    ledger.change_alerts(desk.connection, changes)


def _weight(group: Sequence[_Item]) -> tuple[bool, bool, int, str]:
    """Sorts first what is about a vendor as a whole, then strategic vendors, then what is latest."""
    signal = group[0].signal
    worst_days = max((item.signal.days_late for item in group if isinstance(item.signal, LineSignal)), default=0)
    return (not isinstance(signal, VendorSignal), not signal.is_strategic, -worst_days, group[0].row["fingerprint"])


def _remind(desk: _Desk, rows: Sequence[Row]) -> None:
    """Remind of what nobody has taken on; of a vendor and KPI family together, as soon as one reminder is due."""
    items = [
        _Item(row, desk.signals[row["fingerprint"]], row["route"], f"/reminder-{row['reminder_count'] + 1}")
        for row in rows
        if row["told_at"] is not None
        and row["severity"] == MAILED_SEVERITY
        and row["acknowledged_at"] is None
        and desk.may_mail(row["kpi_family"])
    ]
    changes = []
    for group in sorted(_grouped(items).values(), key=_weight):
        left_out = desk.over_budget(group[0].route, group[0].row["kpi_family"])
        is_due = any(is_reminder_due(_timed(item.row), desk.routes, desk.clock) for item in group)
        # Beyond the budget it stays due, and is sent in the week that has room for it.
        if not is_due or left_out == set(owner_of(group[0].route, desk.routes).team.recipients):
            continue
        outbox_id = desk.write("reminder", group, left_out)
        desk.record([item.row for item in group], Change.REMIND, outbox_id=outbox_id)
        changes += [
            {"id": item.row["id"], "reminded_at": desk.clock, "reminder_count": item.row["reminder_count"] + 1}
            for item in group
        ]
    ledger.change_alerts(desk.connection, changes)


def _tell_of_the_week(desk: _Desk, rows: Sequence[Row], muted: Mapping[str, str]) -> None:
    """One digest for each route, at the first run of a business day on or after the day it is due."""
    weekday = desk.routes.weekly_digest
    if weekday is None or not desk.is_business_day:
        return
    week = latest(weekday, desk.routes.calendar, desk.clock)
    last = ledger.last_digest(desk.connection)
    if last is not None and last.period_start >= week:
        return
    # Nobody waits for the digest of the week in which the ledger began.
    if last is not None:
        _write_digests(desk, week, last.as_of, rows, muted)
    desk.connection.execute(insert(ledger.weekly_digest).values(period_start=week, as_of=desk.clock))


def _write_digests(desk: _Desk, week: date, since: datetime, rows: Sequence[Row], muted: Mapping[str, str]) -> None:
    watched = [
        _Item(row, signal, route_of(signal, desk.routes))
        for row in rows
        if row["severity"] != MAILED_SEVERITY
        and Announced(row["announced"]) is Announced.NOT
        and row["acknowledged_at"] is None
        and (signal := desk.signals[row["fingerprint"]])
    ]
    unmailed = [
        _Item(row, signal, row["route"] or route_of(signal, desk.routes), reason=_over_since(row))
        for row in ledger.queued_alerts(desk.connection)
        if row["fingerprint"] not in muted and (signal := desk.signal_of(row))
    ]
    left_out = [
        _Item(row, desk.signal_of(row), row["mailed_route"])
        for row in ledger.alerts_some_were_left_out_of(desk.connection, since)
    ]
    events = ledger.latest_events(desk.connection, [item.row["id"] for item in (*watched, *unmailed)], _OPENING_CHANGES)
    for route in sorted({item.route for item in (*watched, *unmailed, *left_out)}):
        owner = owner_of(route, desk.routes)
        watched_here, unmailed_here, left_out_here = (
            [item for item in items if item.route == route] for items in (watched, unmailed, left_out)
        )
        composed = life_mail.weekly_mail(
            week,
            [item.told for item in watched_here],
            [item.told for item in unmailed_here],
            [item.told for item in left_out_here],
            owner,
            desk.context,
        )
        outbox_id = desk.put(composed, owner)
        new = [events[item.row["id"]]["id"] for item in (*watched_here, *unmailed_here)]
        ledger.link_events(desk.connection, new, outbox_id)
    ledger.change_alerts(
        desk.connection,
        [{"id": item.row["id"], "announced": Announced.DIGEST.value} for item in (*watched, *unmailed)],
    )


def _over_since(row: Row) -> str | None:
    return str(row["state"]) if State(row["state"]) in CLOSED else None


def _grouped(
    items: Iterable[_Item], kind: Callable[[_Item], str] = lambda _item: ""
) -> dict[tuple[str, str, str, str, bool], list[_Item]]:
    """One mail for each kind of news, route, vendor, KPI family, and whether it is about the vendor or its lines."""
    groups: dict[tuple[str, str, str, str, bool], list[_Item]] = defaultdict(list)
    for item in items:
        signal = item.signal
        is_of_vendor = isinstance(signal, VendorSignal)
        groups[kind(item), item.route, signal.vendor_key, signal.kpi_family, is_of_vendor].append(item)
    return groups
