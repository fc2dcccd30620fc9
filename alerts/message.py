"""A document as MIME: text, HTML with its pictures, and attachments. The same input gives the same bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any, cast

from alerts import chart
from alerts.document import Document, Picture, render_html, render_text

PICTURE_WIDTH = 520


@dataclass(frozen=True)
class Attachment:
    """A file beside the mail; ``name`` is plain ASCII, made by us."""

    name: str
    maintype: str
    subtype: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """A mail before it has a sender and recipients; ``summary`` is its first paragraph."""

    message_id: str
    kind: str
    route: str
    subject: str
    content: bytes
    summary: str = ""


def message_id(kind: str, keys: Sequence[str], domain: str) -> str:
    """The same alerts told in the same way give the same id, in every process and on every retry."""
    digest = hashlib.sha256("\n".join([kind, *sorted(keys)]).encode()).hexdigest()
    return f"<{kind}.{digest[:40]}@{domain}>"


def compose(
    kind: str,
    keys: Sequence[str],
    route: str,
    subject: str,
    document: Document,
    as_of: datetime,
    domain: str,
    thread: Sequence[str] = (),
    attachments: Sequence[Attachment] = (),
    names_route: bool = True,
) -> Mail:
    """Lay a document out as a multipart mail. The same input gives the same bytes.

    Without ``names_route`` no header tells how we sort our alerts: mails to vendors carry none of it.
    """
    identity = message_id(kind, keys, domain)
    mark = hashlib.sha256(identity.encode()).hexdigest()
    message = EmailMessage(policy=SMTP)
    message["Subject"] = clean_subject(subject)
    message["Date"] = format_datetime(as_of.replace(microsecond=0))
    message["Message-ID"] = identity
    if thread:
        message["In-Reply-To"] = thread[-1]
        # Readers need the thread's start and its end; a line that names hundreds is refused by some servers.
        message["References"] = " ".join(dict.fromkeys([thread[0], *thread[-9:]]))
    message["Auto-Submitted"] = "auto-generated"
    if names_route:
        message["X-Alert-Kind"] = kind
        message["X-Alert-Route"] = route
    drawn = [one for one in document.charts if one.is_drawable]
    pictures = [
        (Picture(f"cid:chart{number}.{mark[:20]}@{domain}", chart.alternative_text(one), PICTURE_WIDTH), one)
        for number, one in enumerate(drawn, 1)
    ]
    message.set_content(render_text(document), cte="quoted-printable")
    message.add_alternative(
        render_html(document, [picture for picture, _ in pictures]), subtype="html", cte="quoted-printable"
    )
    html = cast(EmailMessage, message.get_body(("html",)))
    for number, (picture, one) in enumerate(pictures, 1):
        html.add_related(
            chart.png(chart.svg(one)),
            "image",
            "png",
            cid=f"<{picture.source.removeprefix('cid:')}>",
            disposition="inline",
            filename=f"chart{number}.png",
        )
    for attachment in attachments:
        message.add_attachment(attachment.content, attachment.maintype, attachment.subtype, filename=attachment.name)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{mark[:40]}.{number}")
    content = message.as_bytes(policy=_header_policy(message))
    return Mail(identity, kind, route, str(message["Subject"]), content, document.summary)


def _header_policy(message: EmailMessage) -> "EmailPolicy[Any]":
    """Plain subjects stay on one line: folded at 78 columns they reach some readers with a stray leading blank.

    Encoded ones are folded, because an encoded word may have 75 characters only.
    """
    return SMTP.clone(max_line_length=998) if str(message["Subject"]).isascii() else SMTP


def clean_subject(subject: str) -> str:
    """One line of at most 200 characters. Isolates put there on purpose stay; what names brought along was removed
    before.
    """
    line = " ".join(subject.split())
    return line if len(line) <= 200 else line[:199] + "…"
