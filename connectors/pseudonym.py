"""Keyed hashes in place of personal data: the same person gives the same text, and nobody gets back without the key."""

import hashlib
import hmac
import os
from dataclasses import dataclass, field

from ecosystem.errors import UsageError

VARIABLE = "ECOSYSTEM_PSEUDONYM_KEY"


@dataclass(frozen=True)
class Pseudonyms:
    """HMAC-SHA256 under the company's key."""

    key: bytes = field(repr=False)

    def of(self, text: str) -> str:
        """64 hexadecimal digits; spaces around and the case of ``text`` do not matter, as in e-mail addresses."""
        return hmac.new(self.key, text.strip().casefold().encode(), hashlib.sha256).hexdigest()


def from_environment(needed_for: str) -> Pseudonyms:
    """The key in ``ECOSYSTEM_PSEUDONYM_KEY``.

    Raises:
        UsageError: it is not set; ``needed_for`` says what cannot be read without it.
    """
    key = os.environ.get(VARIABLE, "")
    if not key:
        raise UsageError(
            f"{needed_for} holds personal data, which lands as a keyed hash only: set {VARIABLE} to a long random text"
            " and keep it, because another key gives other pseudonyms."
        )
    return Pseudonyms(key.encode())
