"""Ways to prove who we are."""

from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connectors.connection import Connection
    from connectors.session import SourceSession


class Basic:
    """Login and password with every request."""

    def __init__(self, connection: "Connection") -> None:
        pair = f"{connection.login}:{connection.password}".encode()
        self._value = f"Basic {b64encode(pair).decode()}"

    def headers(self, session: "SourceSession") -> Mapping[str, str]:
        """The same header each time."""
        return {"Authorization": self._value}

    def refresh(self) -> bool:
        """A refused password stays refused."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """The encoded pair."""
        return (self._value.removeprefix("Basic "),)


class ClientCredentials:
    """OAuth 2 client credentials: a token at the first request, and a new one whenever the source refuses it (401)."""

    def __init__(self, connection: "Connection", token_path: str) -> None:
        self._connection = connection
        self._token_path = token_path
        self._token = ""

    def headers(self, session: "SourceSession") -> Mapping[str, str]:
        """The bearer token, asked for when there is none.

        Raises:
            SourceError: the source gives no token, or one for another host than the connection's.
        """
        if not self._token:
            form = {
                "grant_type": "client_credentials",
                "client_id": self._connection.login,
                "client_secret": self._connection.password,
            }
            payload = session.post_form(self._token_path, form).payload
            token = payload.get("access_token") if isinstance(payload, dict) else None
            if not isinstance(token, str) or not token:
                session.fail("answered the token request without an access_token")
            self._token = token
            if "instance_url" in payload:
                session.resolve(payload["instance_url"])
        return {"Authorization": f"Bearer {self._token}"}

    def refresh(self) -> bool:
        """Drop the token, so that the next request asks for another."""
        self._token = ""
        return True

    def secrets(self) -> tuple[str, ...]:
        """The present token."""
        return (self._token,)
