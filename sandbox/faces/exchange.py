"""A request as a face sees it, and its answer."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Question:
    """One HTTP request.

    `query` is what stood after the `?`, byte for byte: whether a `+` is a space differs from protocol to protocol.
    `origin` is scheme, host and port as the client addressed them; `headers` ignores case.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    origin: str


@dataclass(frozen=True)
class Answer:
    """One HTTP response; `rows` is the number of documents in it, for the log."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0


class Face(Protocol):
    """What one protocol answers."""

    def answer(self, question: Question) -> Answer:
        """The response to a request below the face's path."""

    def failure(self, status: int, sentence: str) -> Answer:
        """An error in the shape of the protocol, for faults that the server injects."""


@dataclass(frozen=True)
class Credentials:
    """The one login that all systems accept: user and password, or client id and client secret."""

    login: str
    password: str = field(repr=False)


def has_basic_credentials(question: Question, credentials: Credentials) -> bool:
    """Whether the request carries this login by basic authentication."""
    scheme, _, encoded = question.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        given = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return given == f"{credentials.login}:{credentials.password}"
