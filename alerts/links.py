"""Personal links: each names its recipient and the mail it came with, says when it ends, and is signed.

A link is all that its holder shows, so it tells little: the mail by its Message-ID, the recipient by a keyed hash. The
recipient is looked up in ``alert_routes.yml``, so that whoever is taken out there can no longer open old links.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from itsdangerous import BadData, Serializer, URLSafeSerializer
from itsdangerous.encoding import base64_encode

from alerts.document import LINK_MARK
from config.alert_routes import FILE_NAME, AlertRoutes
from ecosystem.errors import UsageError

SECRET_VARIABLE = "ECOSYSTEM_ALERTS_LINK_SECRET"  # noqa: S105 -- its name, not its value
BASE_URL_VARIABLE = "ECOSYSTEM_ALERTS_BASE_URL"
SECRET_MIN_CHARACTERS = 32
HOW_TO_TURN_ON = (
    f"Links to a page with the evidence are off: they need {SECRET_VARIABLE} and page.base_url in {FILE_NAME} "
    f"(or {BASE_URL_VARIABLE})."
)


class Audience(StrEnum):
    """Who a link is for: a vendor sees only its own rows and nothing of how we work on them."""

    TEAM = "team"
    VENDOR = "vendor"


class LinkRefused(Exception):
    """A link that opens nothing; the text is meant for whoever holds it."""


class LinkExpired(LinkRefused):
    """A link that was good and is over."""


@dataclass(frozen=True)
class Link:
    """What a valid link says. ``recipient_mark`` stands for an address: compare it with :meth:`Signer.mark_of`."""

    audience: Audience
    message_id: str
    recipient_mark: str
    expires_at: datetime


@dataclass(frozen=True)
class Signer:
    """Makes and reads links. The last of ``secrets`` signs; all of them are accepted, so that one can be replaced."""

    secrets: tuple[str, ...]

    def link(self, audience: Audience, message_id: str, address: str, expires_at: datetime) -> str:
        """The part of a URL that names all this; the same input gives the same link, for a mail sent again must not
        differ.
        """
        said = [audience.value, message_id, self.mark_of(address), int(expires_at.timestamp())]
        token = self._serializer("link").dumps(said)
        return token if isinstance(token, str) else token.decode()

    def read(self, token: str, now: datetime) -> Link:
        """What a link says.

        Raises:
            LinkExpired: it is over.
            LinkRefused: it is not one of ours.
        """
        try:
            audience, message_id, mark, expires = self._serializer("link").loads(token)
            link = Link(Audience(audience), str(message_id), str(mark), datetime.fromtimestamp(int(expires), UTC))
        except (BadData, ValueError, TypeError, OverflowError):
            raise LinkRefused("This link is not complete or was changed: open it from the mail again.") from None
        if now >= link.expires_at:
            raise LinkExpired("This link is over. The newest mail about the alert has a new one.")
        return link

    def mark_of(self, address: str) -> str:
        """Stands for an address in links, and does not reveal it."""
        return self._marks_of(address)[0]

    def is_marked(self, address: str, mark: str) -> bool:
        """Whether the mark stands for this address, under any of the secrets."""
        return any(hmac.compare_digest(one, mark) for one in self._marks_of(address))

    def form_token(self, token: str, expires_at: datetime) -> str:
        """What a form of the page opened by ``token`` must send back, so that no other site can send it."""
        signed = self._serializer("form").dumps([_digest(token), int(expires_at.timestamp())])
        return signed if isinstance(signed, str) else signed.decode()

    def is_form_of(self, form_token: str, token: str, now: datetime) -> bool:
        """Whether a form came from the page of this link, and not too long ago."""
        try:
            digest, expires = self._serializer("form").loads(form_token)
        except (BadData, ValueError, TypeError):
            return False
        return hmac.compare_digest(str(digest), _digest(token)) and now.timestamp() < int(expires)

    def _serializer(self, use: str) -> "_Uncompressed":
        return _Uncompressed(
            list(self.secrets), salt=f"ecosystem.alerts.{use}", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def _marks_of(self, address: str) -> tuple[str, ...]:
        keyed = (hmac.new(one.encode(), address.lower().encode(), "sha256") for one in reversed(self.secrets))
        return tuple(one.hexdigest()[:24] for one in keyed)


class _Uncompressed(URLSafeSerializer):
    """A compressed token begins with a dot, and many proxies refuse paths that look like hidden files."""

    def dump_payload(self, *args: Any, **kwargs: Any) -> bytes:
        return base64_encode(Serializer.dump_payload(self, *args, **kwargs))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def signer_from_environment() -> Signer | None:
    """``ECOSYSTEM_ALERTS_LINK_SECRET``: one secret, or several separated by blanks of which the last signs. None
    where it is not set.

    Raises:
        UsageError: a secret is too short to keep links from being forged.
    """
    secrets = tuple(os.environ.get(SECRET_VARIABLE, "").split())
    if any(len(secret) < SECRET_MIN_CHARACTERS for secret in secrets):
        raise UsageError(
            f"{SECRET_VARIABLE} holds a secret of fewer than {SECRET_MIN_CHARACTERS} characters, which could be "
            'guessed: make one with python -c "import secrets; print(secrets.token_urlsafe(48))".'
        )
    return Signer(secrets) if secrets else None


def base_url(routes: AlertRoutes) -> str | None:
    """Where readers reach the page, without a slash at its end; None where nobody said."""
    return (os.environ.get(BASE_URL_VARIABLE) or routes.page.base_url or "").rstrip("/") or None


@dataclass(frozen=True)
class Doorway:
    """Where links lead, and what signs them."""

    base_url: str
    signer: Signer
    valid_for: timedelta

    def url(self, audience: Audience, message_id: str, address: str, written_at: datetime) -> str:
        """The link of one recipient in one mail; it ends so long after the mail was written, whenever it is sent."""
        return f"{self.base_url}/alert/{self.signer.link(audience, message_id, address, written_at + self.valid_for)}"


def doorway(routes: AlertRoutes) -> Doorway | None:
    """The page's place and signer; None where one of them is not set.

    Raises:
        UsageError: the secret is too short.
    """
    place, signer = base_url(routes), signer_from_environment()
    return Doorway(place, signer, timedelta(days=routes.page.link_days)) if place and signer else None


_MARK = re.compile(rb"(?:=\r\n)?".join(re.escape(bytes([byte])) for byte in LINK_MARK.encode()))


def has_mark(content: bytes) -> bool:
    """Whether a stored mail waits for its recipient's link."""
    return _MARK.search(content) is not None


def with_link(content: bytes, url: str) -> bytes:
    """The stored mail with the link in place of its mark, which quoted-printable may have broken over two lines.

    Lines stay within the 76 characters of quoted-printable; the same input gives the same bytes.
    """
    pieces = [url[start : start + 70].encode("ascii") for start in range(0, len(url), 70)]
    return _MARK.sub(lambda _: b"=\r\n" + b"=\r\n".join(pieces) + b"=\r\n", content)


def known_recipient(signer: Signer, mark: str, addresses: Sequence[str]) -> str | None:
    """The address that a mark stands for among those given; None if it is none of them."""
    return next((address for address in addresses if signer.is_marked(address, mark)), None)
