"""Where a system is and who we are there; from Airflow, or from the environment outside it."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ecosystem.errors import UsageError


@dataclass(frozen=True)
class Connection:
    """One account at one system. What may be secret is left out of its text form."""

    connection_id: str
    base_url: str
    login: str = ""
    password: str = field(default="", repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def variable(self) -> str:
        """The environment variable that holds it outside Airflow."""
        return f"AIRFLOW_CONN_{self.connection_id.upper()}"


def from_environment(connection_id: str) -> Connection:
    """Read ``AIRFLOW_CONN_<ID>``: JSON, or a URI as Airflow writes it.

    Raises:
        UsageError: the variable is not set or cannot be read; its content is never shown.
    """
    variable = f"AIRFLOW_CONN_{connection_id.upper()}"
    text = os.environ.get(variable, "").strip()
    if not text:
        raise UsageError(
            f"The connection '{connection_id}' is not set: put its host and credentials into the environment variable"
            f" {variable}, or run inside Airflow with a connection of that id."
        )
    try:
        fields = json.loads(text) if text.startswith("{") else _from_uri(text)
        port = fields.get("port")
        extra = fields.get("extra") or {}
        return _connection(
            connection_id,
            scheme=fields.get("schema"),
            host=fields["host"],
            port=int(port) if port else None,
            login=fields.get("login"),
            password=fields.get("password"),
            extra=json.loads(extra) if isinstance(extra, str) else extra,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(
            f"{variable} cannot be read: write it as JSON with at least"
            ' {"conn_type": "http", "schema": "https", "host": "..."} plus "login" and "password".'
        ) from None


def from_airflow(connection: Any) -> Connection:
    """From an Airflow connection object (``conn_id, schema, host, port, login, password, extra_dejson``).

    Raises:
        UsageError: it has no host.
    """
    if not connection.host:
        raise UsageError(f"The Airflow connection '{connection.conn_id}' has no host: set it.")
    return _connection(
        connection.conn_id,
        scheme=connection.schema,
        host=connection.host,
        port=connection.port,
        login=connection.login,
        password=connection.password,
        extra=connection.extra_dejson or {},
    )


def _connection(
    connection_id: str,
    *,
    scheme: str | None,
    host: str,
    port: int | None,
    login: str | None,
    password: str | None,
    extra: Mapping[str, Any],
) -> Connection:
    if "://" in host:
        scheme, host = host.split("://", 1)
    address = host.rstrip("/") + (f":{port}" if port else "")
    return Connection(connection_id, f"{scheme or 'https'}://{address}", login or "", password or "", extra)


def _from_uri(text: str) -> dict[str, Any]:
    """``http://login:password@host:port/https?timeout=5``: the path names the scheme, the query holds the extras."""
    parts = urlsplit(text)
    return {
        "schema": parts.path.strip("/") or (parts.scheme if parts.scheme in {"http", "https"} else None),
        "host": unquote(parts.hostname or "") or None,
        "port": parts.port,
        "login": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "extra": dict(parse_qsl(parts.query)),
    }
