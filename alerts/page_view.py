"""What the page of a link shows: the alerts of one mail as they stand now, for the link's audience."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from alerts import ledger, line_mail, precision, target_mail, vendor_mail
from alerts.chart import svg
from alerts.context import MailContext, mail_context
from alerts.document import Document
from alerts.facts import signal_from
from alerts.guidance import clear_reason
from alerts.letter import letter_document
from alerts.lifecycle import CLOSED, CLOSING, State
from alerts.links import Audience, Link, LinkRefused, Signer, known_recipient
from alerts.mail import Told, silence_conditions
from alerts.publication import read_publication, read_signals
from alerts.routing import owner_of
from alerts.signals import Signal, TargetSignal, VendorSignal
from alerts.wording import instant
from config.alert_routes import AlertRoutes
from ecosystem.paths import Home
from ecosystem.plain_text import clean

ROWS_SHOWN = 200
# For facts that are for mails: the page has buttons instead, and whoever reads it has come by a link.
_FACTS_OF_MAILS = {"Silence", "Take on", "Page", "Why you", "Answer"}
_CLOSING_CHANGES = {change.value for change in CLOSING}
STATE_WORDS = {
    State.OPEN: "open, nobody has taken it on",
    State.ACKNOWLEDGED: "taken on",
    State.ESCALATED: "escalated, nobody has taken it on",
    State.RESOLVED: "over",
    State.WITHDRAWN: "withdrawn: the data were corrected",
}


@dataclass(frozen=True)
class Happened:
    """A line of an alert's history."""

    at: str
    what: str
    who: str
    reason: str


@dataclass(frozen=True)
class StateCount:
    """How many alerts of the mail stand how."""

    state: State
    words: str
    count: int


@dataclass(frozen=True)
class View:
    """All that the page renders; ``actor`` is the recipient whose link it is, ``changed_at`` when an alert last
    changed.
    """

    audience: Audience
    actor: str
    document: Document
    drawings: tuple[str, ...]
    states: tuple[StateCount, ...]
    history: tuple[Happened, ...]
    silences: tuple[str, ...]
    open_fingerprints: tuple[str, ...]
    unanswered_fingerprints: tuple[str, ...]
    silence_conditions: Mapping[str, tuple[str, ...]]
    silence_words: str
    changed_at: datetime
    expires: str

    @property
    def is_closed(self) -> bool:
        """Whether nothing of the mail is open any more."""
        return not self.open_fingerprints


def view(connection: Connection, home: Home, routes: AlertRoutes, signer: Signer, link: Link, now: datetime) -> View:
    """Gather what the link's holder may see.

    Raises:
        LinkRefused: the mail is not in this ledger, or its recipient is no longer in the routes.
    """
    # Not the whole row: the page's database user may read no mail.
    columns = ledger.outbox.c
    needed = select(columns.id, columns.route, columns.medium, columns.target, columns.beside_id)
    mail = connection.execute(needed.where(columns.message_id == link.message_id))
    row = mail.mappings().one_or_none()
    if row is None:
        raise LinkRefused("This link belongs to a mail that is no longer kept here.")
    actor = _actor(row, routes, signer, link)
    alerts = _alerts_of(connection, row["beside_id"] if row["medium"] == ledger.LETTER else row["id"])
    if not alerts:
        raise LinkRefused("This link belongs to a mail without alerts.")
    told, context = _told(home, alerts, routes, precision.measure(connection))
    if link.audience is Audience.VENDOR:
        return _vendor_view(row, actor, alerts, told, context, routes, link)
    document = _team_document(row, told, context, routes)
    return View(
        audience=link.audience,
        actor=actor,
        document=document,
        drawings=_drawings(document),
        states=_states(alerts),
        history=_history(connection, alerts),
        silences=_silences(connection, [one.signal for one in told], now),
        open_fingerprints=tuple(one["fingerprint"] for one in alerts if State(one["state"]) not in CLOSED),
        unanswered_fingerprints=tuple(
            one["fingerprint"] for one in alerts if State(one["state"]) in (State.OPEN, State.ESCALATED)
        ),
        silence_conditions=silence_conditions(told),
        silence_words=_silence_words(told),
        changed_at=max(one["changed_at"] for one in alerts),
        expires=instant(link.expires_at),
    )


def _actor(row: RowMapping, routes: AlertRoutes, signer: Signer, link: Link) -> str:
    """The recipient, if the routes still have it for this mail."""
    if link.audience is Audience.VENDOR:
        vendor = routes.letters_to(row["target"]) if row["medium"] == ledger.LETTER else None
        addresses = vendor.recipients if vendor else ()
    else:
        is_mail = row["medium"] == ledger.MAIL
        addresses = owner_of(row["route"], routes).team.recipients if is_mail else ()
    actor = known_recipient(signer, link.recipient_mark, addresses)
    if actor is None:
        raise LinkRefused("You are no longer among those who get these mails, so this link is over.")
    return actor


def _alerts_of(connection: Connection, outbox_id: int) -> Sequence[RowMapping]:
    of_mail = select(ledger.alert_event.c.alert_id).where(ledger.alert_event.c.outbox_id == outbox_id)
    chosen = select(ledger.alert).where(ledger.alert.c.id.in_(of_mail), ledger.alert.c.stream == ledger.SIGNAL_STREAM)
    return connection.execute(chosen.order_by(ledger.alert.c.fingerprint)).mappings().all()


def _told(
    home: Home, alerts: Sequence[RowMapping], routes: AlertRoutes, judged: Sequence[precision.Precision]
) -> tuple[list[Told], MailContext]:
    """The alerts as the publication of today has them; what is gone from it, as it was told."""
    published = read_publication(home.current.resolve())
    keys = [one["fingerprint"] for one in alerts]
    now = {one.signal_key: one for one in read_signals(published.folder, keys)}
    signals = [now.get(one["fingerprint"]) or signal_from(one["facts"]) for one in alerts]
    return [Told(one.signal_key, one) for one in signals], mail_context(published, routes, signals, judged)


def _team_document(row: RowMapping, told: Sequence[Told], context: MailContext, routes: AlertRoutes) -> Document:
    owner = owner_of(row["route"], routes)
    if any(isinstance(one.signal, TargetSignal) for one in told):
        return target_mail.opened_document(told, owner, context)
    if any(isinstance(one.signal, VendorSignal) for one in told):
        return vendor_mail.opened_document(told, owner, context, documents_shown=ROWS_SHOWN)
    return line_mail.opened_document(told, owner, context, lines_shown=ROWS_SHOWN)


def _vendor_view(
    row: RowMapping,
    actor: str,
    alerts: Sequence[RowMapping],
    told: Sequence[Told],
    context: MailContext,
    routes: AlertRoutes,
    link: Link,
) -> View:
    settings, vendor = routes.vendor_letters, routes.letters_to(row["target"])
    if settings is None or vendor is None:
        raise LinkRefused("You are no longer among those who get these mails, so this link is over.")
    states = {State(one["state"]) for one in alerts}
    kind = "opened" if states - CLOSED else "withdrawn" if states == {State.WITHDRAWN} else "resolved"
    document = letter_document(kind, told, context, settings, vendor, rows_shown=ROWS_SHOWN)
    return View(
        audience=link.audience,
        actor=actor,
        document=document,
        drawings=_drawings(document),
        states=(),
        history=(),
        silences=(),
        open_fingerprints=(),
        unanswered_fingerprints=(),
        silence_conditions={},
        silence_words="",
        changed_at=max(one["changed_at"] for one in alerts),
        expires=instant(link.expires_at),
    )


def facts_of(document: Document) -> tuple[tuple[str, str], ...]:
    """The facts that are worth a line on the page."""
    return tuple((name, fact) for name, fact in document.facts if name not in _FACTS_OF_MAILS)


def _drawings(document: Document) -> tuple[str, ...]:
    return tuple(svg(one) for one in document.charts if one.is_drawable)


def _states(alerts: Sequence[RowMapping]) -> tuple[StateCount, ...]:
    states = [State(one["state"]) for one in alerts]
    return tuple(StateCount(state, STATE_WORDS[state], states.count(state)) for state in State if state in states)


def _history(connection: Connection, alerts: Sequence[RowMapping]) -> tuple[Happened, ...]:
    """What happened, the newest first; what happened to several alerts at once is one line."""
    ids = [one["id"] for one in alerts]
    rows = connection.execute(
        select(ledger.alert_event)
        .where(ledger.alert_event.c.alert_id.in_(ids))
        .order_by(ledger.alert_event.c.at.desc(), ledger.alert_event.c.id.desc())
    ).mappings()
    counts: dict[tuple[Any, ...], int] = {}
    for row in rows:
        is_over = row["change"] in _CLOSING_CHANGES and row["actor"] == ledger.SYSTEM_ACTOR
        found = [clear_reason(row["reason"]) if is_over else row["reason"], _found(dict(row))]
        reason = ". ".join(clean(one, 500) for one in found if one)
        key = (row["at"], row["change"], row["actor"], reason)
        counts[key] = counts.get(key, 0) + 1
    return tuple(
        Happened(
            instant(at),
            change.replace("_", " ") + (f" ({count:,} of {len(ids):,})" if len(ids) > 1 else ""),
            "" if actor == ledger.SYSTEM_ACTOR else clean(actor),
            reason,
        )
        for (at, change, actor, reason), count in counts.items()
    )


def _found(row: Mapping[str, Any]) -> str:
    if not row["verdict"]:
        return ""
    return f"{'It was right' if row['verdict'] == 'true' else 'It was a false alarm'}, cause: {row['reason_code']}"


def _silence_words(told: Sequence[Told]) -> str:
    first = told[0].signal
    if isinstance(first, TargetSignal):
        return "this target" if len({one.signal.subject_key for one in told}) == 1 else "these targets"
    return f"this vendor's {clean(first.kpi_family, 40)} alerts"


def _silences(connection: Connection, signals: Sequence[Signal], now: datetime) -> tuple[str, ...]:
    return tuple(
        f"Until {instant(one.expires_at)}, by {clean(one.author)}: {clean(one.reason, 500)}"
        for one in ledger.active_silences(connection, now)
        if any(one.matches(signal) for signal in signals)
    )
