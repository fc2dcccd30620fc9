"""The alert task: the current publication is compared with the ledger, and what is new goes out as mail, once.

First transaction: the ledger's changes and the mails that tell them, together. Then each mail is sent and marked. A
rerun finds
nothing new and sends only what still waits.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert

from alerts import ledger
from alerts.besides import put_posts
from alerts.channels import UrlOf, post_waiting, url_from_environment
from alerts.context import mail_context
from alerts.delivery import SentMail, deliver
from alerts.digest_mail import digest_mail
from alerts.facts import facts_of, signal_from
from alerts.lifecycle import CLOSING, OPENING, Announced, Change, Plan, State, Transition, plan
from alerts.mail import Told
from alerts.own_records import land_alert_events
from alerts.publication import read_published
from alerts.routing import owner_of
from alerts.signals import Published, Signal
from alerts.smtp import SmtpSettings
from alerts.telling import tell
from config.alert_routes import DEFAULT_ROUTE, AlertRoutes, load_alert_routes
from ecosystem.clock import iso
from ecosystem.paths import Home

logger = logging.getLogger(__name__)

_STATE_AFTER = {
    Change.OPEN: State.OPEN,
    Change.REOPEN: State.OPEN,
    Change.RESOLVE: State.RESOLVED,
    Change.WITHDRAW: State.WITHDRAWN,
}


TIMERS_STREAM = "timers"


@dataclass(frozen=True)
class AlertResult:
    """What one run did. ``note`` says why when it did nothing on purpose.

    ``muted`` counts signals that a stale feed mutes, ``quiet`` open alerts that nobody is mailed of for now: by a stale
    feed, a silence, or an alert about their vendor as a whole.
    """

    opened: int = 0
    resolved: int = 0
    withdrawn: int = 0
    muted: int = 0
    quiet: int = 0
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
    quiet: int = 0
    note: str | None = None


def run_alerts(
    home: Home,
    as_of: datetime,
    smtp: SmtpSettings,
    url_of_channel: UrlOf = url_from_environment,
    mail_backfill: bool = False,
) -> AlertResult:
    """Take in the current publication and send what is new, and what earlier runs could not send.

    Reads ``published/current`` and ``config/alert_routes.yml``, writes the ledger, and lands its history as a source of
    the next build. A clock that moved back (a backfill, or a publication older than the ledger's latest) records and
    sends nothing. Of signals that came with a backfill only the weekly digest tells, unless ``mail_backfill``.

    Raises:
        EcosystemError: nothing is published, the ledger or the mail server cannot be reached, or a mail could not be
            delivered.
    """
    routes = load_alert_routes()
    published = read_published(home)
    engine = ledger.open_ledger(home)
    try:
        intake = take_in(engine, published, routes, as_of, mail_backfill)
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
        quiet=intake.quiet,
        mails_sent=len(delivery.sent),
        mails=delivery.sent,
    )


def take_in(
    engine: Engine, published: Published, routes: AlertRoutes, as_of: datetime, mail_backfill: bool = False
) -> Intake:
    """The first transaction: ledger changes and their mails. Publications are taken in one at a time, also by two
    workers.
    """
    with ledger.writing(engine, intake=True) as connection:
        latest = ledger.latest_as_of(connection, ledger.SIGNAL_STREAM)
        note = _moved_back(published, as_of, latest)
        if note:
            return Intake(note=note)
        days = routes.backfill_after_days
        old_before = latest - timedelta(days=days) if latest and days and not mail_backfill else None
        planned = plan(published, ledger.known_alerts(connection), ledger.known_companies(connection), old_before)
        _write(connection, planned, published, routes)
        clock = _timers_clock(connection, as_of)
        telling = tell(connection, published, routes, clock)
        intake = Intake(
            opened=sum(one.change in (Change.OPEN, Change.REOPEN) for one in planned.transitions),
            resolved=sum(one.change is Change.RESOLVE for one in planned.transitions),
            withdrawn=sum(one.change is Change.WITHDRAW for one in planned.transitions),
            muted=planned.muted,
            quiet=telling.muted,
        )
        ledger.record_evaluation(
            connection, stream=TIMERS_STREAM, as_of=clock, build_id="", opened=0, resolved=0, withdrawn=0, muted=0
        )
        ledger.record_evaluation(
            connection,
            stream=ledger.SIGNAL_STREAM,
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


def _timers_clock(connection: Connection, as_of: datetime) -> datetime:
    """The run's as-of time. It does not go back: a run that says so finds all timers as they stood."""
    latest = ledger.latest_as_of(connection, TIMERS_STREAM)
    return as_of if latest is None else max(as_of, latest)


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
    steps = [_Step.of(one, rows.get(one.fingerprint)) for one in planned.transitions]
    digest_id = _write_digest(connection, [step for step in steps if step.is_silent], published, routes)
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
                "outbox_id": digest_id if step.is_silent else None,
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
    def of(cls, transition: Transition, row: Mapping[str, Any] | None) -> "_Step":
        signal = transition.signal or signal_from(row["facts"] if row else {})
        route = DEFAULT_ROUTE if transition.announce is Announced.DIGEST else row["route"] if row else None
        cycle = (row["cycle"] if row else 0) + (transition.change in (Change.OPEN, Change.REOPEN))
        return cls(transition, signal, row, route, cycle)

    @property
    def fingerprint(self) -> str:
        return self.transition.fingerprint

    @property
    def is_silent(self) -> bool:
        return self.transition.announce is Announced.DIGEST

    @property
    def announced(self) -> Announced:
        """What an opening that wants a mail starts with: whether it may go out is decided with all that is open."""
        return Announced.NOT if self.transition.announce is Announced.MAIL else self.transition.announce

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


def _write_digest(
    connection: Connection, steps: Sequence[_Step], published: Published, routes: AlertRoutes
) -> int | None:
    """The one mail of a first load; gives its id in the outbox."""
    if not steps:
        return None
    owner = owner_of(DEFAULT_ROUTE, routes)
    composed = digest_mail([step.told for step in steps], owner, mail_context(published, routes, ()))
    outbox_id = ledger.add_mail(
        connection,
        message_id=composed.message_id,
        kind=composed.kind,
        route=composed.route,
        subject=composed.subject,
        content=composed.content,
        as_of=published.as_of,
    )
    put_posts(connection, composed, owner.team.name, routes, outbox_id, published.as_of)
    return outbox_id


def _write_alerts(connection: Connection, steps: Sequence[_Step], published: Published) -> None:
    new = [_new_row(step, published) for step in steps if step.row is None]
    if new:
        connection.execute(insert(ledger.alert), new)
    by_columns: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
    for step in steps:
        if step.row is not None:
            values = _changed(step, published)
            by_columns[frozenset(values)].append({"id": step.row["id"]} | values)
    for changes in by_columns.values():
        ledger.change_alerts(connection, changes)


def _changed(step: _Step, published: Published) -> dict[str, Any]:
    change, wants_mail = step.transition.change, step.transition.announce is not Announced.NOT
    values: dict[str, Any] = {"state": step.state_after.value, "changed_at": published.as_of, "route": step.route}
    if change is Change.CLEAR:
        return values | {"is_held": False}
    if change in CLOSING:
        return values | {"closed_at": published.as_of, "is_closing_untold": wants_mail, "muted_by": None}
    values |= {"severity": step.signal.severity, "facts": facts_of(step.signal)}
    if change is Change.REOPEN:
        opening = {
            "opened_at": published.as_of,
            "cycle": step.cycle,
            "announced": step.announced.value,
            "alarms_told": step.signal.alarms if step.is_silent else None,
        }
        return values | ledger.NEW_OPENING | opening
    if change in OPENING and wants_mail:
        return values | {"announced": step.announced.value}
    return values


def _new_row(step: _Step, published: Published) -> dict[str, Any]:
    signal = step.signal
    return {
        "stream": ledger.SIGNAL_STREAM,
        "fingerprint": step.fingerprint,
        "rule_id": signal.rule_id,
        "kpi_family": signal.kpi_family,
        "severity": signal.severity,
        "subject_kind": signal.subject_kind.value,
        "subject_key": signal.subject_key,
        **dict(zip(("purchase_order", "purchase_order_line", "schedule_line"), signal.order_line, strict=True)),
        "state": step.state_after.value,
        "announced": step.announced.value,
        "route": step.route,
        "cycle": step.cycle,
        "opened_at": published.as_of,
        "changed_at": published.as_of,
        "facts": facts_of(signal),
        "alarms_told": signal.alarms if step.is_silent else None,
    }
