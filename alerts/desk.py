"""Where mails are written: an alert in a mail, what stands together in one, its place in the outbox, and its record."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from alerts import ledger, life_mail, line_mail, precision, target_mail, vendor_mail
from alerts.besides import put_letter, put_posts
from alerts.business_days import is_business_day, latest, start_of
from alerts.context import MailContext, mail_context
from alerts.facts import signal_from
from alerts.lifecycle import OPENING, Change
from alerts.mail import Told
from alerts.message import Mail
from alerts.routing import Owner, owner_of
from alerts.signals import LineSignal, Published, Signal, TargetSignal, VendorSignal
from config.alert_routes import AlertRoutes

# What counts against the budget of a recipient: a mail that closes a thread or escalates must come.
BUDGETED = ("opened", "again", "reminder")
OPENING_CHANGES = sorted(change.value for change in OPENING)

Row = RowMapping
Composer = Callable[[Sequence[Told], Owner, MailContext, Sequence[str]], Mail]
_OF_ALL: Mapping[str, Composer] = {
    "reminder": life_mail.reminder_mail,
    "escalated": life_mail.escalated_mail,
}
_COMPOSERS: Mapping[type[Signal], Mapping[str, Composer]] = {
    LineSignal: {
        **_OF_ALL,
        "opened": line_mail.opened_mail,
        "resolved": line_mail.resolved_mail,
        "withdrawn": line_mail.withdrawn_mail,
    },
    VendorSignal: {
        **_OF_ALL,
        "opened": vendor_mail.opened_mail,
        "again": vendor_mail.again_mail,
        "resolved": vendor_mail.resolved_mail,
        "withdrawn": vendor_mail.withdrawn_mail,
    },
    TargetSignal: {
        **_OF_ALL,
        "opened": target_mail.opened_mail,
        "resolved": target_mail.resolved_mail,
        "withdrawn": target_mail.withdrawn_mail,
    },
}


@dataclass(frozen=True)
class Item:
    """An alert in a mail that is to be written. ``suffix`` tells this mail about its opening from the others."""

    row: Row
    signal: Signal
    route: str
    suffix: str = ""
    reason: str | None = None

    @property
    def told(self) -> Told:
        """The alert as a composer takes it."""
        opening = "" if self.row["cycle"] == 1 else f"#{self.row['cycle']}"
        return Told(f"{self.row['fingerprint']}{opening}{self.suffix}", self.signal, self.reason)


class Desk:
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

    def write(self, kind: str, items: Sequence[Item], left_out: Collection[str] = ()) -> int:
        """Compose one mail and put it into the outbox; gives its id."""
        owner = owner_of(items[0].route, self.routes)
        composer = _COMPOSERS[type(items[0].signal)][kind]
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


def grouped(
    items: Iterable[Item], kind: Callable[[Item], str] = lambda _item: ""
) -> dict[tuple[str, str, str, str, str], list[Item]]:
    """One mail for each kind of news, route, vendor (or quarter of targets), KPI family, and kind of signal."""
    groups: dict[tuple[str, str, str, str, str], list[Item]] = defaultdict(list)
    for item in items:
        signal = item.signal
        groups[kind(item), item.route, signal.told_with, signal.kpi_family, type(signal).__name__].append(item)
    return groups
