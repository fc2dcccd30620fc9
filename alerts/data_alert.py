"""Mails to the engineers when data break: a stale feed, a blocked gate, a failed step. Once per episode, and once
when it is over.

Each report says what is wrong *now* in its scope; what was wrong and no longer is, is over. So a retry or a rerun
tells nothing
twice. Vendor alerts never depend on these, and the reverse.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, insert, select

from alerts import ledger
from alerts.besides import put_posts
from alerts.channels import UrlOf, post_waiting, url_from_environment
from alerts.delivery import SentMail, deliver
from alerts.document import Document, Grid, Steps
from alerts.lifecycle import CLOSED, Announced, Change, State
from alerts.message import Mail, compose
from alerts.publication import read_published
from alerts.routing import Owner, owner_of
from alerts.signals import Feed, SubjectKind
from alerts.smtp import SmtpSettings
from alerts.wording import counted, instant
from config.alert_routes import ENGINEERS_ROUTE, AlertRoutes, load_alert_routes
from ecosystem.clock import iso
from ecosystem.paths import Home
from ecosystem.plain_text import clean

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """The words of one kind of data alert."""

    rule_id: str
    noun: str
    verb_one: str
    verb_many: str
    columns: tuple[str, ...]
    consequence: str
    next_steps: tuple[str, ...]


STALE_FEED = Kind(
    rule_id="stale_feed",
    noun="feed",
    verb_one="is stale",
    verb_many="are stale",
    columns=("Feed", "Last complete", "Stale after"),
    consequence="Marts that depend on a stale feed are published and marked; their vendor alerts are muted.",
    next_steps=(
        "See the log of the extract's last run: a login that expired and a network that changed are the usual causes.",
        "Run 'ecosystem extract CONNECTION ENTITY'. It goes on where the last batch ended; nothing is lost or "
        "read twice.",
    ),
)
GATE_BLOCKED = Kind(
    rule_id="gate_blocked",
    noun="check",
    verb_one="blocks the publication",
    verb_many="block the publication",
    columns=("Check", "What it found"),
    consequence="Readers keep the last good publication, and no vendor alert is sent from the blocked build.",
    next_steps=(
        "Look at the rows: the gate's result file holds examples, the schema quarantine what staging set aside "
        "and why.",
        "Correct it at the source, or the tolerance in config/gate.yml if the data are right. Then extract, "
        "build and gate again.",
    ),
)
STEP_FAILED = Kind(
    rule_id="step_failed",
    noun="step",
    verb_one="failed",
    verb_many="failed",
    columns=("Step", "What happened"),
    consequence="What follows the step waits; the last good publication stays.",
    next_steps=(
        "Read the step's log, correct the cause, and run the step again. Every step may be run twice.",
        "If it keeps failing, run it alone on the command line with 'ecosystem --verbose'.",
    ),
)


class Finding(Protocol):
    """What the gate says of a check that blocks."""

    @property
    def expectation(self) -> str:
        """The check's name."""

    @property
    def table(self) -> str:
        """The mart it checks."""

    @property
    def sentence(self) -> str:
        """What it found."""


@dataclass(frozen=True)
class Problem:
    """Something that is wrong now. ``cells`` are its row in the mail, after the kind's columns."""

    subject_key: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class DataAlertResult:
    """What one report did. ``note`` says why when it did nothing on purpose."""

    opened: int = 0
    resolved: int = 0
    mails_sent: int = 0
    mails: tuple[SentMail, ...] = ()
    note: str | None = None


def report_stale_feeds(
    home: Home, as_of: datetime, smtp: SmtpSettings, url_of_channel: UrlOf = url_from_environment
) -> DataAlertResult:
    """Tell which feeds of the current publication are stale, and which are fresh again."""
    published = read_published(home)
    problems = [
        Problem(
            f"{feed.connection_id}/{feed.entity}",
            (
                f"{feed.connection_id} {feed.entity}",
                instant(feed.last_complete_at),
                f"{feed.stale_after_hours or 0:g} hours",
            ),
        )
        for feed in sorted(published.feeds, key=_feed_name)
        if feed.is_stale
    ]
    # The publication says what is stale, so its clock counts: an older one must not undo what a newer one said.
    return _report(home, min(as_of, published.as_of), smtp, STALE_FEED, problems, url_of_channel)


def report_gate(
    home: Home,
    as_of: datetime,
    smtp: SmtpSettings,
    blocking: Sequence[Finding],
    url_of_channel: UrlOf = url_from_environment,
) -> DataAlertResult:
    """Tell which checks block the build, and which pass again; an empty list says that the gate passed."""
    problems = {
        f"{finding.table}/{finding.expectation}": Problem(
            f"{finding.table}/{finding.expectation}", (f"{finding.table}: {finding.expectation}", finding.sentence)
        )
        for finding in blocking
    }
    return _report(home, as_of, smtp, GATE_BLOCKED, [problems[key] for key in sorted(problems)], url_of_channel)


def report_step(
    home: Home,
    as_of: datetime,
    smtp: SmtpSettings,
    step: str,
    failure: str | None = None,
    url_of_channel: UrlOf = url_from_environment,
) -> DataAlertResult:
    """Tell that a step failed and why, or (without ``failure``) that it works again.

    Args:
        step: such as ``extract_erp.purchase_order``; each step has episodes of its own.
        failure: one sentence; the text of an :class:`ecosystem.errors.EcosystemError` is meant for this.
    """
    problems = [Problem(step, (step, failure))] if failure else []
    return _report(home, as_of, smtp, STEP_FAILED, problems, url_of_channel, only_subject=step)


def _feed_name(feed: Feed) -> tuple[str, str]:
    return (feed.connection_id, feed.entity)


def _report(
    home: Home,
    as_of: datetime,
    smtp: SmtpSettings,
    kind: Kind,
    problems: Sequence[Problem],
    url_of_channel: UrlOf,
    only_subject: str | None = None,
) -> DataAlertResult:
    routes = load_alert_routes()
    engine = ledger.open_ledger(home)
    stream = "/".join(filter(None, (ledger.DATA_STREAM, kind.rule_id, only_subject)))
    try:
        with ledger.writing(engine, intake=True) as connection:
            latest = ledger.latest_as_of(connection, stream)
            if latest is not None and as_of < latest:
                note = (
                    f"The clock moved back: this report of {kind.rule_id} is as of {iso(as_of)}, but one as of "
                    f"{iso(latest)} "
                    "was already made. Nothing is recorded and nothing is mailed."
                )
                logger.warning("%s", note)
                return DataAlertResult(note=note)
            rows = _rows(connection, kind, only_subject)
            now_wrong = {problem.subject_key for problem in problems}
            begun = [one for one in problems if not _is_open(rows.get(one.subject_key))]
            over = [row for key, row in sorted(rows.items()) if _is_open(row) and key not in now_wrong]
            _begin(connection, kind, begun, rows, routes, as_of)
            _end(connection, kind, over, routes, as_of)
            ledger.record_evaluation(
                connection,
                stream=stream,
                as_of=as_of,
                build_id="",
                opened=len(begun),
                resolved=len(over),
                withdrawn=0,
                muted=0,
            )
        try:
            delivery = deliver(engine, routes, smtp)
        finally:
            posting = post_waiting(engine, routes, url_of_channel)
    finally:
        engine.dispose()
    delivery.raise_if_waiting()
    posting.raise_if_waiting()
    return DataAlertResult(len(begun), len(over), len(delivery.sent), delivery.sent)


def _rows(connection: Connection, kind: Kind, only_subject: str | None) -> dict[str, Mapping[str, Any]]:
    """The kind's alerts by subject. A subject has one row; a new episode opens it again."""
    chosen = select(ledger.alert).where(
        ledger.alert.c.stream == ledger.DATA_STREAM, ledger.alert.c.rule_id == kind.rule_id
    )
    if only_subject is not None:
        chosen = chosen.where(ledger.alert.c.subject_key == only_subject)
    return {row["subject_key"]: dict(row) for row in connection.execute(chosen).mappings()}


def _is_open(row: Mapping[str, Any] | None) -> bool:
    return row is not None and State(row["state"]) not in CLOSED


def _begin(
    connection: Connection,
    kind: Kind,
    begun: Sequence[Problem],
    rows: Mapping[str, Mapping[str, Any]],
    routes: AlertRoutes,
    as_of: datetime,
) -> None:
    if not begun:
        return
    keys = []
    for problem in begun:
        row = rows.get(problem.subject_key)
        cycle = row["cycle"] + 1 if row else 1
        keys.append(_key(kind, problem.subject_key, cycle))
        changed = ledger.NEW_OPENING | {
            "state": State.OPEN.value,
            "cycle": cycle,
            "opened_at": as_of,
            "changed_at": as_of,
            "facts": {"cells": list(problem.cells)},
        }
        if row:
            ledger.change_alert(connection, row["id"], **changed)
        else:
            connection.execute(insert(ledger.alert).values(_identity(kind, problem.subject_key) | changed))
    owner = owner_of(ENGINEERS_ROUTE, routes)
    composed = _begun_mail(kind, keys, begun, owner, as_of, routes.mail.message_id_domain)
    outbox_id = _put(connection, composed, as_of)
    put_posts(connection, composed, owner.team.name, routes, outbox_id, as_of)
    current = _rows(connection, kind, None)
    _add_events(
        connection,
        [current[problem.subject_key] for problem in begun],
        {problem.subject_key: row["state"] for problem in begun if (row := rows.get(problem.subject_key))},
        State.OPEN,
        as_of,
        outbox_id,
    )


def _end(
    connection: Connection, kind: Kind, over: Sequence[Mapping[str, Any]], routes: AlertRoutes, as_of: datetime
) -> None:
    if not over:
        return
    for row in over:
        ledger.change_alert(connection, row["id"], state=State.RESOLVED.value, changed_at=as_of, closed_at=as_of)
    owner = owner_of(ENGINEERS_ROUTE, routes)
    thread = ledger.thread_of(connection, [row["id"] for row in over], owner.route)
    composed = _over_mail(kind, over, owner, as_of, routes.mail.message_id_domain, thread)
    outbox_id = _put(connection, composed, as_of)
    put_posts(connection, composed, owner.team.name, routes, outbox_id, as_of)
    states = {row["subject_key"]: row["state"] for row in over}
    _add_events(connection, over, states, State.RESOLVED, as_of, outbox_id)


def _identity(kind: Kind, subject_key: str) -> dict[str, Any]:
    return {
        "stream": ledger.DATA_STREAM,
        "fingerprint": f"{ledger.DATA_STREAM}/{kind.rule_id}/{subject_key}",
        "rule_id": kind.rule_id,
        "kpi_family": "data",
        "severity": "alert",
        "subject_kind": SubjectKind.PIPELINE.value,
        "subject_key": subject_key,
        "announced": Announced.MAIL.value,
        "route": ENGINEERS_ROUTE,
    }


def _key(kind: Kind, subject_key: str, cycle: int) -> str:
    return f"{ledger.DATA_STREAM}/{kind.rule_id}/{subject_key}#{cycle}"


def _put(connection: Connection, composed: Mail, as_of: datetime) -> int:
    return ledger.add_mail(
        connection,
        message_id=composed.message_id,
        kind=composed.kind,
        route=composed.route,
        subject=composed.subject,
        content=composed.content,
        as_of=as_of,
    )


def _add_events(
    connection: Connection,
    rows: Sequence[Mapping[str, Any]],
    states_before: Mapping[str, str],
    after: State,
    as_of: datetime,
    outbox_id: int,
) -> None:
    def change(row: Mapping[str, Any]) -> Change:
        if after is State.RESOLVED:
            return Change.RESOLVE
        return Change.REOPEN if row["cycle"] > 1 else Change.OPEN

    ledger.add_event(
        connection,
        [
            {
                "alert_id": row["id"],
                "change": change(row).value,
                "from_state": states_before.get(row["subject_key"]),
                "to_state": after.value,
                "at": as_of,
                "actor": ledger.SYSTEM_ACTOR,
                "reason": None,
                "build_id": None,
                "outbox_id": outbox_id,
                "cycle": row["cycle"],
            }
            for row in rows
        ],
    )


def _begun_mail(
    kind: Kind, keys: Sequence[str], begun: Sequence[Problem], owner: Owner, as_of: datetime, domain: str
) -> Mail:
    what = f"{counted(len(begun), kind.noun)} {kind.verb_one if len(begun) == 1 else kind.verb_many}"
    named = clean(begun[0].cells[0], 60) + (f" and {len(begun) - 1} more" if len(begun) > 1 else "")
    document = Document(
        tone="data",
        kicker="data alert",
        title=f"{what}: {named}",
        summary=f"{what}. {kind.consequence}",
        tables=(_grid(kind, [problem.cells for problem in begun]),),
        steps=(Steps("What to do next", kind.next_steps),),
        facts=_facts(owner, as_of, "You get this because data alerts go to the engineers' team."),
    )
    return compose("data-opened", keys, owner.route, f"Data: {what}: {named}", document, as_of, domain)


def _over_mail(
    kind: Kind,
    over: Sequence[Mapping[str, Any]],
    owner: Owner,
    as_of: datetime,
    domain: str,
    thread: Sequence[str],
) -> Mail:
    what = counted(len(over), kind.noun)
    document = Document(
        tone="resolved",
        kicker="data alert · resolved",
        title=f"{what} well again",
        summary=f"What was told about {what} is over. Nothing is left to do.",
        tables=(_grid(kind, [tuple(row["facts"]["cells"]) for row in over], "What was wrong"),),
        facts=_facts(owner, as_of, "You were mailed when it began."),
    )
    keys = [_key(kind, row["subject_key"], row["cycle"]) for row in over]
    return compose(
        "data-resolved", keys, owner.route, f"Resolved: Data: {what} well again", document, as_of, domain, thread
    )


def _grid(kind: Kind, rows: Sequence[tuple[str, ...]], heading: str = "What is wrong") -> Grid:
    return Grid(heading, kind.columns, tuple(tuple(clean(cell, 500) for cell in cells) for cells in rows))


def _facts(owner: Owner, as_of: datetime, why: str) -> tuple[tuple[str, str], ...]:
    return (("Owner", owner.team.name), ("Why you", why), ("Time", f"As of {instant(as_of)}."))
