"""Sends what waits in the outbox, each mail in a transaction of its own.

The row stays locked while its mail is on the way and is marked as sent in the same transaction. A worker that dies
gives the row
free at once, unmarked: the next run sends it again under the same Message-ID. That, between the server's 250 and our
commit,
is the only way to a duplicate. Two workers never hold the same row.
"""

import logging
import smtplib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, update

from alerts import ledger, smtp
from alerts.ledger import outbox, outbox_recipient, writing
from alerts.routing import Owner, owner_of
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
    sent: list[SentMail] = []
    waiting: list[Undelivered] = []
    client: smtplib.SMTP | None = None
    last_id = 0
    try:
        while (next_id := _next_pending(engine, last_id)) is not None:
            last_id = next_id
            client = client or _connect(engine, settings)
            outcome = _deliver_one(engine, routes, settings, client, next_id)
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
    with engine.connect() as connection:
        return connection.scalar(select(func.min(outbox.c.id)).where(outbox.c.state == "pending", outbox.c.id > after))


def _connect(engine: Engine, settings: SmtpSettings) -> smtplib.SMTP:
    try:
        return smtp.connect(settings)
    except EcosystemError as error:
        with engine.connect() as connection:
            count = connection.scalar(select(func.count()).where(outbox.c.state == "pending"))
        mails = "1 mail waits" if count == 1 else f"{count} mails wait"
        raise EcosystemError(f"{error} {mails} in the outbox and will be sent by the next run.") from None


def _deliver_one(
    engine: Engine, routes: AlertRoutes, settings: SmtpSettings, client: smtplib.SMTP, outbox_id: int
) -> SentMail | Undelivered | None:
    """Gives None when another worker has the mail or has sent it."""
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
        owner = owner_of(row["route"], routes)
        told = _outcomes(connection, outbox_id)
        meant = _meant(owner, ledger.recipients_left_out(connection, [outbox_id])[outbox_id])
        left = [address for address in meant if address not in told]
        if not left and "accepted" not in told.values():
            return Undelivered(
                outbox_id, owner.route, f"the mail server refused every recipient for good: correct them in {FILE_NAME}"
            )
        reason, answers = _hand_over(client, settings, routes, row, owner, meant, left) if left else (None, {})
        for address, code in answers.items():
            if code < 400 or code >= PERMANENT:
                outcome = "accepted" if code < 400 else "refused"
                connection.execute(
                    insert(outbox_recipient).values(
                        outbox_id=outbox_id, address=address, outcome=outcome, smtp_code=code
                    )
                )
                told = {**told, address: outcome}
        accepted = sum(outcome == "accepted" for outcome in told.values())
        refused = sum(outcome == "refused" for outcome in told.values())
        if reason is None and not accepted:
            reason = f"the mail server refused every recipient for good: correct them in {FILE_NAME}"
        values: dict[str, Any] = {"attempts": row["attempts"] + 1, "last_error": reason}
        if reason is None:
            values |= {"state": "sent", "sent_at": current_time()}
        connection.execute(update(outbox).where(outbox.c.id == outbox_id).values(values))
    if refused:
        logger.warning("mail %s: %d of %d recipients refused", row["message_id"], refused, refused + accepted)
    if reason is not None:
        return Undelivered(outbox_id, owner.route, reason)
    return SentMail(row["message_id"], row["kind"], owner.route, row["subject"], accepted, refused)


def _meant(owner: Owner, left_out: Collection[str]) -> list[str]:
    """The team without those whose budget is used up; all of it when the team has become only those."""
    recipients = owner.team.recipients
    return [address for address in recipients if address not in left_out] or list(recipients)


def _outcomes(connection: Connection, outbox_id: int) -> dict[str, str]:
    rows = connection.execute(
        select(outbox_recipient.c.address, outbox_recipient.c.outcome).where(outbox_recipient.c.outbox_id == outbox_id)
    )
    return {row.address: row.outcome for row in rows}


def _hand_over(
    client: smtplib.SMTP,
    settings: SmtpSettings,
    routes: AlertRoutes,
    row: RowMapping,
    owner: Owner,
    meant: Sequence[str],
    recipients: Sequence[str],
) -> tuple[str | None, dict[str, int]]:
    """Send to the recipients; gives why it must be tried again (or None), and the code for each recipient that got an
    answer.
    """
    head = EmailMessage(policy=SMTP)
    head["From"] = str(Address(routes.mail.sender_name, addr_spec=settings.sender))
    head["To"] = ", ".join(str(Address(owner.team.name, addr_spec=address)) for address in meant)
    content = head.as_bytes().removesuffix(b"\r\n") + row["content"]
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
