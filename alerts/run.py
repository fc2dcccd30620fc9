"""The alert task: the current publication is compared with the ledger, and what is new goes out as mail, once.

First transaction: the ledger's changes and the mails that tell them, together. Then each mail is sent and marked. A
rerun finds
nothing new and sends only what still waits.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert

from alerts import ledger, line_mail, vendor_mail
from alerts.besides import put_letter, put_posts
from alerts.channels import UrlOf, post_waiting, url_from_environment
from alerts.context import mail_context
from alerts.delivery import SentMail, deliver
from alerts.digest_mail import digest_mail
from alerts.lifecycle import CLOSING, OPENING, Announced, Change, Plan, State, Transition, plan
from alerts.mail import Told
from alerts.message import Mail
from alerts.own_records import land_alert_events
from alerts.routing import owner_of, route_of
from alerts.signals import LineSignal, Published, Signal, VendorSignal, read_published
from alerts.smtp import SmtpSettings
from config.alert_routes import DEFAULT_ROUTE, AlertRoutes, load_alert_routes
from ecosystem.clock import iso, parse_as_of
from ecosystem.paths import Home

logger = logging.getLogger(__name__)

_STATE_AFTER = {
    Change.OPEN: State.OPEN,
    Change.REOPEN: State.OPEN,
    Change.RESOLVE: State.RESOLVED,
    Change.WITHDRAW: State.WITHDRAWN,
}
_LINE_COMPOSERS = {
    "opened": line_mail.opened_mail,
    "resolved": line_mail.resolved_mail,
    "withdrawn": line_mail.withdrawn_mail,
}
_VENDOR_COMPOSERS = {
    "opened": vendor_mail.opened_mail,
    "resolved": vendor_mail.resolved_mail,
    "withdrawn": vendor_mail.withdrawn_mail,
}
_INSTANTS = ("started_at", "cleared_at")
_DATES = ("first_promise_date", "previous_promise_date", "latest_promise_date", "likely_since_date")


@dataclass(frozen=True)
class AlertResult:
    """What one run did. ``note`` says why when it did nothing on purpose."""

    opened: int = 0
    resolved: int = 0
    withdrawn: int = 0
    muted: int = 0
    mails_sent: int = 0
    mails: tuple[SentMail, ...] = ()
    note: str | None = None


@dataclass(frozen=True)
class Intake:
    """What the first transaction wrote."""

    opened: int = 0
    resolved: int = 0
    withdrawn: int = 0
    muted: int = 0
    note: str | None = None


def run_alerts(
    home: Home, as_of: datetime, smtp: SmtpSettings, url_of_channel: UrlOf = url_from_environment
) -> AlertResult:
    """Take in the current publication and send what is new, and what earlier runs could not send.

    Reads ``published/current`` and ``config/alert_routes.yml``, writes the ledger, and lands its history as a source of
    the next build. A clock that moved back (a backfill, or a publication older than the ledger's latest) records and
    sends nothing.

    Raises:
        EcosystemError: nothing is published, the ledger or the mail server cannot be reached, or a mail could not be
            delivered.
    """
    routes = load_alert_routes()
    published = read_published(home)
    engine = ledger.open_ledger(home)
    try:
        intake = take_in(engine, published, routes, as_of)
        if intake.note:
            logger.warning("%s", intake.note)
            return AlertResult(note=intake.note)
        try:
            delivery = deliver(engine, routes, smtp)
        finally:
            # A mail server that is down keeps no post back, and what happened lands whatever went out.
            try:
                posting = post_waiting(engine, routes, url_of_channel)
            finally:
                land_alert_events(home, engine, published.as_of)
    finally:
        engine.dispose()
    delivery.raise_if_waiting()
    posting.raise_if_waiting()
    return AlertResult(
        opened=intake.opened,
        resolved=intake.resolved,
        withdrawn=intake.withdrawn,
        muted=intake.muted,
        mails_sent=len(delivery.sent),
        mails=delivery.sent,
    )


def take_in(engine: Engine, published: Published, routes: AlertRoutes, as_of: datetime) -> Intake:
    """The first transaction: ledger changes and their mails. Publications are taken in one at a time, also by two
    workers.
    """
    with ledger.writing(engine, intake=True) as connection:
        latest = ledger.latest_as_of(connection, ledger.VENDOR_STREAM)
        note = _moved_back(published, as_of, latest)
        if note:
            return Intake(note=note)
        planned = plan(published, ledger.known_alerts(connection), ledger.known_companies(connection))
        _write(connection, planned, published, routes)
        intake = Intake(
            opened=sum(one.change in (Change.OPEN, Change.REOPEN) for one in planned.transitions),
            resolved=sum(one.change is Change.RESOLVE for one in planned.transitions),
            withdrawn=sum(one.change is Change.WITHDRAW for one in planned.transitions),
            muted=planned.muted,
        )
        ledger.record_evaluation(
            connection,
            stream=ledger.VENDOR_STREAM,
            as_of=published.as_of,
            build_id=published.build_id,
            opened=intake.opened,
            resolved=intake.resolved,
            withdrawn=intake.withdrawn,
            muted=intake.muted,
        )
        for company in sorted(planned.first_load):
            connection.execute(
                insert(ledger.company).values(
                    connection_id=company, first_build_id=published.build_id, first_as_of=published.as_of
                )
            )
    logger.info("publication %s: %s", published.build_id, intake)
    return intake


def _moved_back(published: Published, as_of: datetime, latest: datetime | None) -> str | None:
    if latest is not None and published.as_of < latest:
        return (
            f"The clock moved back: the publication {published.build_id} is as of {iso(published.as_of)}, but "
            "alerts were already "
            f"sent as of {iso(latest)}. Nothing is recorded and nothing is mailed; publish a newer build to go on."
        )
    if as_of < published.as_of:
        return (
            f"The clock moved back: this run is as of {iso(as_of)}, but the publication {published.build_id} is as of "
            f"{iso(published.as_of)}. Nothing is recorded and nothing is mailed; run it without an older date."
        )
    return None


def _write(connection: Connection, planned: Plan, published: Published, routes: AlertRoutes) -> None:
    rows = ledger.alerts_by_fingerprint(connection, [one.fingerprint for one in planned.transitions])
    steps = [_Step.of(one, rows.get(one.fingerprint), routes) for one in planned.transitions]
    mail_of = _write_mails(connection, steps, published, routes)
    _write_alerts(connection, steps, published)
    ids = {
        fingerprint: row["id"]
        for fingerprint, row in ledger.alerts_by_fingerprint(connection, [step.fingerprint for step in steps]).items()
    }
    ledger.add_event(
        connection,
        [
            {
                "alert_id": ids[step.fingerprint],
                "change": step.transition.change.value,
                "from_state": step.state_before,
                "to_state": step.state_after.value,
                "at": published.as_of,
                "actor": ledger.SYSTEM_ACTOR,
                "reason": step.transition.reason,
                "build_id": published.build_id,
                "outbox_id": mail_of.get(step.fingerprint),
                "cycle": step.cycle,
            }
            for step in steps
        ],
    )


@dataclass(frozen=True)
class _Step:
    """A transition with what the ledger held before."""

    transition: Transition
    signal: Signal
    row: Mapping[str, Any] | None
    route: str | None
    cycle: int

    @classmethod
    def of(cls, transition: Transition, row: Mapping[str, Any] | None, routes: AlertRoutes) -> "_Step":
        signal = transition.signal or _signal_from(row["facts"] if row else {})
        route = row["route"] if row else None
        if transition.change in OPENING and transition.announce is not Announced.NOT:
            route = DEFAULT_ROUTE if transition.announce is Announced.DIGEST else route_of(signal, routes)
        cycle = (row["cycle"] if row else 0) + (transition.change in (Change.OPEN, Change.REOPEN))
        return cls(transition, signal, row, route, cycle)

    @property
    def fingerprint(self) -> str:
        return self.transition.fingerprint

    @property
    def state_before(self) -> str | None:
        return self.row["state"] if self.row else None

    @property
    def state_after(self) -> State:
        return _STATE_AFTER.get(self.transition.change) or State(self.state_before or State.OPEN)

    @property
    def told(self) -> Told:
        key = self.fingerprint if self.cycle == 1 else f"{self.fingerprint}#{self.cycle}"
        return Told(key, self.signal, self.transition.reason)


def _write_mails(
    connection: Connection, steps: Sequence[_Step], published: Published, routes: AlertRoutes
) -> dict[str, int]:
    """Group, compose and put into the outbox; gives the outbox id for each fingerprint that a mail tells of."""
    outbox_ids: dict[str, int] = {}

    def put(composed: Mail, told_by_it: Sequence[_Step]) -> int:
        outbox_id = ledger.add_mail(
            connection,
            message_id=composed.message_id,
            kind=composed.kind,
            route=composed.route,
            subject=composed.subject,
            content=composed.content,
            as_of=published.as_of,
        )
        outbox_ids.update({step.fingerprint: outbox_id for step in told_by_it})
        owner = owner_of(composed.route, routes)
        put_posts(connection, composed, owner.team.name, routes, outbox_id, published.as_of)
        return outbox_id

    context = mail_context(
        published, routes, [step.signal for step in steps if step.transition.announce is Announced.MAIL]
    )
    silent = [step for step in steps if step.transition.announce is Announced.DIGEST]
    if silent:
        put(digest_mail([step.told for step in silent], owner_of(DEFAULT_ROUTE, routes), context), silent)
    for (kind, route, _vendor, _family, is_of_vendor), group in sorted(_groups(steps).items()):
        thread = ledger.thread_of(connection, [step.row["id"] for step in group if step.row])
        told = [step.told for step in group]
        composer = (_VENDOR_COMPOSERS if is_of_vendor else _LINE_COMPOSERS)[kind]
        outbox_id = put(composer(told, owner_of(route, routes), context, thread), group)
        put_letter(connection, kind, told, context, routes, outbox_id, published.as_of)
    return outbox_ids


def _groups(steps: Sequence[_Step]) -> dict[tuple[str, str, str, str, bool], list[_Step]]:
    """One mail for each kind of news, route, vendor, KPI family, and whether it is about the vendor or its lines."""
    groups: dict[tuple[str, str, str, str, bool], list[_Step]] = defaultdict(list)
    for step in steps:
        if step.transition.announce is Announced.MAIL and step.route:
            change = step.transition.change
            kind = change.value if change in CLOSING else Change.OPEN.value
            is_of_vendor = isinstance(step.signal, VendorSignal)
            groups[kind, step.route, step.signal.vendor_key, step.signal.kpi_family, is_of_vendor].append(step)
    return groups


def _write_alerts(connection: Connection, steps: Sequence[_Step], published: Published) -> None:
    new = [_new_row(step, published) for step in steps if step.row is None]
    if new:
        connection.execute(insert(ledger.alert), new)
    for step in steps:
        if step.row is None:
            continue
        values: dict[str, Any] = {"state": step.state_after.value, "changed_at": published.as_of, "route": step.route}
        if step.transition.change in CLOSING:
            values["closed_at"] = published.as_of
        elif step.transition.change is Change.CLEAR:
            values["is_held"] = False
        else:
            values |= {"severity": step.signal.severity, "facts": _facts(step.signal)}
        if step.transition.change is Change.REOPEN:
            values |= ledger.NEW_OPENING | {"opened_at": published.as_of, "cycle": step.cycle}
            values["announced"] = step.transition.announce.value
        elif step.transition.change in OPENING and step.transition.announce is not Announced.NOT:
            values["announced"] = step.transition.announce.value
        ledger.change_alert(connection, step.row["id"], **values)


def _new_row(step: _Step, published: Published) -> dict[str, Any]:
    signal = step.signal
    return {
        "stream": ledger.VENDOR_STREAM,
        "fingerprint": step.fingerprint,
        "rule_id": signal.rule_id,
        "kpi_family": signal.kpi_family,
        "severity": signal.severity,
        "subject_key": signal.vendor_key,
        **dict(zip(("purchase_order", "purchase_order_line", "schedule_line"), signal.order_line, strict=True)),
        "state": step.state_after.value,
        "announced": step.transition.announce.value,
        "route": step.route,
        "cycle": step.cycle,
        "opened_at": published.as_of,
        "changed_at": published.as_of,
        "facts": _facts(signal),
    }


def _facts(signal: Signal) -> dict[str, Any]:
    return {
        name: iso(value) if isinstance(value, datetime) else value.isoformat() if isinstance(value, date) else value
        for name, value in vars(signal).items()
    }


def _signal_from(facts: Mapping[str, Any]) -> Signal:
    shape = LineSignal if "purchase_order" in facts else VendorSignal
    instants = {name: parse_as_of(facts[name]) for name in _INSTANTS if facts[name]}
    dates = {name: date.fromisoformat(facts[name]) for name in _DATES if facts.get(name)}
    return shape(**{**facts, **instants, **dates})
