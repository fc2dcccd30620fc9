"""A mail catcher: takes every mail that is sent to it and keeps it as one `.eml` file in the outbox."""

import hashlib
import logging
import os
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

logger = logging.getLogger(__name__)

SEQUENCE_DIGITS = 6


class Outbox:
    """The folder of caught mails. Files are named by arrival and a hash of the Message-ID, never by a person."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, sender: str, recipients: list[str], content: bytes) -> Path:
        """Write a mail, whole or not at all, with its envelope in two header lines before its own."""
        self._folder.mkdir(parents=True, exist_ok=True)
        message_id = BytesHeaderParser().parsebytes(content).get("Message-ID", "")
        digest = hashlib.sha256(message_id.encode()).hexdigest()[:12]
        path = self._folder / f"{self._next():0{SEQUENCE_DIGITS}}-{digest}.eml"
        envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
        temporary = path.with_suffix(".eml.tmp")
        with temporary.open("wb") as file:
            file.write(envelope.encode())
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        return path

    def _next(self) -> int:
        kept = (int(path.name[:SEQUENCE_DIGITS]) for path in self._folder.glob("[0-9]*-*.eml"))
        return max(kept, default=0) + 1


class Catcher:
    """What the SMTP server calls when a mail has arrived."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail, then say so; the sender hears 250 only once the file is there."""
        path = self._outbox.keep(envelope.mail_from or "", envelope.rcpt_tos, envelope.content)
        logger.info("caught mail %s", path.name)
        return "250 OK"


def protocol(outbox: Outbox) -> SMTP:
    """One SMTP conversation."""
    return SMTP(Catcher(outbox), hostname="sandbox.localhost", enable_SMTPUTF8=True)
