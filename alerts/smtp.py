"""The mail server: its settings as Airflow's SMTP connection has them, and a session with it."""

import json
import logging
import os
import smtplib
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ecosystem.errors import EcosystemError, UsageError

DEFAULT_CONNECTION = "smtp_default"
RETRY_PAUSE_S = 1.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SmtpSettings:
    """How to reach the mail server. Defaults are those of Airflow's SMTP connection: TLS unless it is disabled.

    ``timeout_s`` bounds each step of a conversation, in seconds; ``retry_limit`` is how often a failed connect is
    tried again.
    """

    connection_id: str
    host: str
    port: int
    sender: str
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    use_ssl: bool = True
    use_starttls: bool = True
    verify_certificate: bool = True
    timeout_s: float = 30.0
    retry_limit: int = 5

    @property
    def place(self) -> str:
        """For error texts."""
        return f"{self.host}:{self.port} (connection {self.connection_id})"


def from_environment(connection_id: str = DEFAULT_CONNECTION) -> SmtpSettings:
    """Read ``AIRFLOW_CONN_<ID>``, as JSON or as a URI.

    Raises:
        UsageError: it is missing or cannot be used; the text names the variable and the field, never a value.
    """
    variable = f"AIRFLOW_CONN_{connection_id.upper()}"
    text = os.environ.get(variable)
    if not text:
        raise UsageError(
            f'{variable} is not set: give the mail server, such as {{"conn_type": "smtp", "host": "mail.example.com", '
            f'"port": 465, "extra": {{"from_email": "early-warning@example.com"}}}}.'
        )
    try:
        fields = _from_json(text) if text.lstrip().startswith("{") else _from_uri(text)
    except ValueError:
        raise UsageError(f"{variable} is neither JSON nor a URI of a connection.") from None
    return _settings(connection_id, variable, fields)


def from_airflow(connection: Any) -> SmtpSettings:
    """From a connection object of Airflow (``conn_id, host, port, login, password, extra_dejson``)."""
    fields = {name: getattr(connection, name) for name in ("host", "port", "login", "password")}
    return _settings(
        connection.conn_id, f"The connection {connection.conn_id}", fields | {"extra": connection.extra_dejson}
    )


def _from_json(text: str) -> dict[str, Any]:
    fields = json.loads(text)
    if isinstance(fields.get("extra"), str):
        fields["extra"] = json.loads(fields["extra"] or "{}")
    return dict(fields)


def _from_uri(text: str) -> dict[str, Any]:
    parts = urlsplit(text)
    query = dict(parse_qsl(parts.query))
    packed = query.pop("__extra__", None)
    return {
        "host": parts.hostname,
        "port": parts.port,
        "login": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "extra": json.loads(packed) if packed else query,
    }


def _settings(connection_id: str, origin: str, fields: Mapping[str, Any]) -> SmtpSettings:
    extra = fields.get("extra") or {}
    if not fields.get("host"):
        raise UsageError(f"{origin} has no host: name the mail server.")
    if not extra.get("from_email"):
        raise UsageError(f"{origin} has no from_email in its extra: name the address that alerts are sent from.")
    if extra.get("auth_type", "basic") != "basic":
        raise UsageError(f"{origin} asks for auth_type '{extra['auth_type']}' in its extra: alerts support basic.")
    if extra.get("ssl_context") not in (None, "default", "none"):
        raise UsageError(f"{origin} has an unknown ssl_context in its extra: it is 'default' or 'none'.")
    use_ssl = not _is_true(extra.get("disable_ssl"))
    try:
        return SmtpSettings(
            connection_id=connection_id,
            host=str(fields["host"]),
            port=int(fields.get("port") or (465 if use_ssl else 25)),
            sender=str(extra["from_email"]),
            login=fields.get("login") or None,
            password=fields.get("password") or None,
            use_ssl=use_ssl,
            # A session that is TLS from its first byte has nothing to start.
            use_starttls=not use_ssl and not _is_true(extra.get("disable_tls")),
            verify_certificate=extra.get("ssl_context") != "none",
            timeout_s=float(extra.get("timeout", 30)),
            retry_limit=int(extra.get("retry_limit", 5)),
        )
    except (TypeError, ValueError):
        raise UsageError(f"{origin} has a port, timeout or retry_limit that is not a number.") from None


def _is_true(value: Any) -> bool:
    """A URI's extras are text."""
    return value.strip().lower() in ("true", "1", "yes") if isinstance(value, str) else bool(value)


def connect(settings: SmtpSettings) -> smtplib.SMTP:
    """A session that is ready for mail. A server that does not answer is tried again ``retry_limit`` times.

    Raises:
        EcosystemError: the server cannot be reached, has no TLS, or refuses the login.
    """
    for attempt in range(settings.retry_limit + 1):
        try:
            return _session(settings)
        except smtplib.SMTPAuthenticationError as error:
            raise EcosystemError(
                f"The mail server {settings.place} refuses the login (code {error.smtp_code}): correct its login "
                "and password."
            ) from None
        except smtplib.SMTPNotSupportedError:
            raise EcosystemError(
                f"The mail server {settings.place} does not offer what its connection asks for (STARTTLS or login): "
                "correct disable_tls or the login."
            ) from None
        except ssl.SSLError as error:
            raise EcosystemError(
                f"The mail server {settings.place} does not agree on TLS ({error.reason or 'handshake failed'}): "
                "correct its certificate, disable_ssl or disable_tls."
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            if attempt == settings.retry_limit:
                raise EcosystemError(
                    f"The mail server {settings.place} cannot be reached ({described(error)})."
                ) from None
            logger.info("mail server %s: %s, trying again", settings.place, described(error))
            time.sleep(RETRY_PAUSE_S)
    raise AssertionError("the loop returns or raises")


def _session(settings: SmtpSettings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if not settings.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    # The name given in HELO is not looked up: a resolver without the machine's name would cost seconds on each session.
    if settings.use_ssl:
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.host, settings.port, local_hostname="localhost", timeout=settings.timeout_s, context=context
        )
    else:
        client = smtplib.SMTP(settings.host, settings.port, local_hostname="localhost", timeout=settings.timeout_s)
    try:
        if settings.use_starttls:
            client.starttls(context=context)
        if settings.login:
            client.login(settings.login, settings.password or "")
    except BaseException:
        client.close()
        raise
    return client


def described(error: Exception) -> str:
    """What went wrong, without the server's text: it may repeat addresses."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"code {error.smtp_code}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException) and error.strerror:
        return error.strerror
    return type(error).__name__
