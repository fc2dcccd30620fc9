"""Sends what waits in the outbox, each mail in a transaction of its own.

The row stays locked while its mail is on the way and is marked as sent in the same transaction. A worker that dies
gives the row
free at once, unmarked: the next run sends it again under the same Message-ID. That, between the server's 250 and our
commit,
is the only way to a duplicate. Two workers never hold the same row.
"""

import logging
import smtplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, func, insert, select, update

from alerts import smtp
from alerts.addressing import Addressees, addressees_of
from alerts.ledger import POST, outbox, outbox_recipient, recipients_left_out, writing
from alerts.links import SECRET_VARIABLE, Doorway, doorway, has_mark, with_link
from alerts.smtp import SmtpSettings
from config.alert_routes import FILE_NAME, AlertRoutes
from ecosystem.clock import current_time
from ecosystem.errors import EcosystemError

PERMANENT = 500

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SentMail:
    """A mail that this run delivered to somebody."""

    message_id: str
    kind: str
    route: str
    subject: str
    accepted: int
    refused: int


@dataclass(frozen=True)
class Undelivered:
    """A mail that still waits, and why."""

    outbox_id: int
    route: str
    reason: str


@dataclass(frozen=True)
class Delivery:
    """What one pass through the outbox did."""

    sent: tuple[SentMail, ...]
    waiting: tuple[Undelivered, ...]

    def raise_if_waiting(self) -> None:
        """End the command with an error when a mail has not reached everybody it could reach.

        Raises:
            EcosystemError: names how many mails wait, and why the first does.
        """
        if self.waiting:
            first, count = self.waiting[0], len(self.waiting)
            mails = "1 mail waits" if count == 1 else f"{count} mails wait"
            raise EcosystemError(
                f"{mails} in the outbox after {len(self.sent)} sent: {first.reason} (route '{first.route}'). "
                "Nothing is lost: "
                "the next run sends what waits."
            )


def deliver(engine: Engine, routes: AlertRoutes, settings: SmtpSettings) -> Delivery:
    """Send every waiting mail once; a mail that fails stays, and the others still go.

    Raises:
        EcosystemError: the mail server cannot be reached; all that waits, waits on.
    """
    door = doorway(routes)
    sent: list[SentMail] = []
    waiting: list[Undelivered] = []
    client: smtplib.SMTP | None = None
    last_id = 0
    try:
        while (next_id := _next_pending(engine, last_id)) is not None:
            last_id = next_id
            client = client or _connect(engine, settings)
            outcome = _deliver_row(engine, routes, settings, door, client, next_id)
            if isinstance(outcome, SentMail):
                sent.append(outcome)
                logger.info("sent %s mail %s to route %s", outcome.kind, outcome.message_id, outcome.route)
            elif outcome:
                waiting.append(outcome)
                logger.warning("outbox row %d waits: %s (route %s)", outcome.outbox_id, outcome.reason, outcome.route)
            if client.sock is None:
                client = None
    finally:
        if client is not None:
            _quit(client)
    return Delivery(tuple(sent), tuple(waiting))


def _next_pending(engine: Engine, after: int) -> int | None:
    waiting = select(func.min(outbox.c.id)).where(
        outbox.c.state == "pending", outbox.c.medium != POST, outbox.c.id > after
    )
    with engine.connect() as connection:
        return connection.scalar(waiting)


def _connect(engine: Engine, settings: SmtpSettings) -> smtplib.SMTP:
    try:
        return smtp.connect(settings)
    except EcosystemError as error:
        with engine.connect() as connection:
            count = connection.scalar(select(func.count()).where(outbox.c.state == "pending", outbox.c.medium != POST))
        mails = "1 mail waits" if count == 1 else f"{count} mails wait"
        raise EcosystemError(f"{error} {mails} in the outbox and will be sent by the next run.") from None


def _deliver_row(
    engine: Engine,
    routes: AlertRoutes,
    settings: SmtpSettings,
    door: Doorway | None,
    client: smtplib.SMTP,
    outbox_id: int,
) -> SentMail | Undelivered | None:
    """Hand one mail over: to all at once, or, where each recipient has a link of its own, to one after the other with
    a transaction each, so that whoever got it is known. Gives None when another worker has the mail or has sent it.
    """
    progress: _Progress | None = None
    tried: frozenset[str] = frozenset()
    while True:
        progress = _hand_over_next(engine, routes, settings, door, client, outbox_id, tried)
        if progress is None:
            return None
        tried |= progress.tried
        if client.sock is None or not progress.tried or not progress.untried - tried:
            break
    if progress.refused:
        total = progress.refused + progress.accepted
        logger.warning("mail %s: %d of %d recipients refused", progress.row["message_id"], progress.refused, total)
    if progress.reason is not None:
        return Undelivered(outbox_id, progress.route, progress.reason)
    row = progress.row
    return SentMail(row["message_id"], row["kind"], progress.route, row["subject"], progress.accepted, progress.refused)


@dataclass(frozen=True)
class _Progress:
    """How far a mail has come. ``reason`` says why it waits on, and is None once everybody has an answer."""

    row: RowMapping
    route: str
    told: Mapping[str, str]
    tried: frozenset[str]
    untried: frozenset[str]
    reason: str | None

    @property
    def accepted(self) -> int:
        return sum(outcome == "accepted" for outcome in self.told.values())

    @property
    def refused(self) -> int:
        return sum(outcome == "refused" for outcome in self.told.values())


def _hand_over_next(
    engine: Engine,
    routes: AlertRoutes,
    settings: SmtpSettings,
    door: Doorway | None,
    client: smtplib.SMTP,
    outbox_id: int,
    tried: frozenset[str],
) -> _Progress | None:
    """One transaction: lock the row, send to those who are next, note the answers."""
    with writing(engine) as connection:
        row = (
            connection.execute(
                select(outbox)
                .where(outbox.c.id == outbox_id, outbox.c.state == "pending")
                .with_for_update(skip_locked=True)
            )
            .mappings()
            .one_or_none()
        )
        if row is None:
            return None
        to = addressees_of(dict(row), routes, recipients_left_out(connection, [outbox_id])[outbox_id])
        if to is None:
            _take_out(connection, row)
            return None
        told = _outcomes(connection, outbox_id)
        left = [address for address in to.recipients if address not in told]
        next_ones = [address for address in left if address not in tried]
        content, deferral = row["content"], None
        if has_mark(content) and next_ones:
            next_ones = next_ones[:1]
            if door is None:
                next_ones, deferral = (
                    [],
                    f"its link needs {SECRET_VARIABLE} and the page's address, as when it was made",
                )
            else:
                written_at = row["written_at"] or row["as_of"]
                url = door.url(to.audience, row["message_id"], next_ones[0], written_at)
                content = with_link(content, url)
        if next_ones:
            deferral, answers = _hand_over(client, settings, to, content, next_ones)
            final = {address: code for address, code in answers.items() if code < 400 or code >= PERMANENT}
            for address, code in final.items():
                outcome = "accepted" if code < 400 else "refused"
                connection.execute(
                    insert(outbox_recipient).values(
                        outbox_id=outbox_id, address=address, outcome=outcome, smtp_code=code
                    )
                )
                told = {**told, address: outcome}
        left = [address for address in left if address not in told]
        if left:
            reason = deferral or (row["last_error"] if tried else None) or "not every recipient was reached"
        elif "accepted" not in told.values():
            reason = f"the mail server refused every recipient for good: correct them in {FILE_NAME}"
        else:
            reason = None
        values: dict[str, Any] = {"attempts": row["attempts"] + (not tried), "last_error": reason}
        if reason is None:
            values |= {"state": "sent", "sent_at": current_time()}
        connection.execute(update(outbox).where(outbox.c.id == outbox_id).values(values))
    return _Progress(row, to.route, told, frozenset(next_ones), frozenset(left), reason)


def _take_out(connection: Connection, row: RowMapping) -> None:
    """End a letter whose vendor is not to be told any more: nobody else gets it, and one that nobody got is gone."""
    this = outbox.c.id == row["id"]
    if "accepted" in _outcomes(connection, row["id"]).values():
        connection.execute(update(outbox).where(this).values(state="sent", sent_at=current_time()))
    else:
        connection.execute(delete(outbox_recipient).where(outbox_recipient.c.outbox_id == row["id"]))
        connection.execute(delete(outbox).where(this))
    logger.info("letter %s taken out of the outbox: its vendor is not to be told any more", row["message_id"])


def _outcomes(connection: Connection, outbox_id: int) -> dict[str, str]:
    rows = connection.execute(
        select(outbox_recipient.c.address, outbox_recipient.c.outcome).where(outbox_recipient.c.outbox_id == outbox_id)
    )
    return {row.address: row.outcome for row in rows}


def _hand_over(
    client: smtplib.SMTP, settings: SmtpSettings, to: Addressees, content: bytes, recipients: Sequence[str]
) -> tuple[str | None, dict[str, int]]:
    """Send to the recipients; gives why it must be tried again (or None), and the code for each recipient that got an
    answer.
    """
    head = EmailMessage(policy=SMTP)
    head["From"] = str(Address(to.sender_name, addr_spec=settings.sender))
    head["To"] = ", ".join(str(Address(to.to_name, addr_spec=address)) for address in to.recipients)
    if to.reply_to:
        head["Reply-To"] = to.reply_to
    content = head.as_bytes().removesuffix(b"\r\n") + content
    try:
        refusals = client.sendmail(settings.sender, list(recipients), content)
    except smtplib.SMTPRecipientsRefused as error:
        codes = {address: answer[0] for address, answer in error.recipients.items()}
        return _deferral(codes), codes
    except smtplib.SMTPResponseException as error:
        return f"the mail server {settings.place} did not take the mail ({smtp.described(error)})", {}
    except (OSError, smtplib.SMTPException) as error:
        # Closed on our side too, so that the next mail starts on a new session.
        client.close()
        return f"the connection to the mail server {settings.place} broke off ({smtp.described(error)})", {}
    codes = {address: refusals[address][0] if address in refusals else 250 for address in recipients}
    return _deferral(codes), codes


def _deferral(codes: Mapping[str, int]) -> str | None:
    deferred = [code for code in codes.values() if 400 <= code < PERMANENT]
    return (
        f"the mail server put off {len(deferred)} of {len(codes)} recipients (code {deferred[0]})" if deferred else None
    )


def _quit(client: smtplib.SMTP) -> None:
    try:
        client.quit()
    except (smtplib.SMTPException, OSError):
        client.close()
