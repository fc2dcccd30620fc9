"""Posts to Slack, Teams, webhooks and whatever else Apprise knows, each once, like mails.

A channel's URL is a secret: it comes from an Airflow connection (``AIRFLOW_CONN_<ID>`` outside Airflow) and reaches no
log, error text or table. A row stays locked while its post is on the way; the only way to a duplicate is a worker that
dies between the service's answer and our commit.
"""

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from apprise import Apprise, NotifyFormat
from sqlalchemy import Engine, delete, select, update

from alerts.ledger import POST, outbox, writing
from config.alert_routes import FILE_NAME, AlertRoutes
from ecosystem.clock import current_time
from ecosystem.errors import EcosystemError, UsageError

# They write the addresses they call, secrets included, at the level DEBUG and some at WARNING.
TALKATIVE_LOGGERS = ("apprise", "urllib3", "urllib3.connectionpool", "requests")

UrlOf = Callable[[str], str]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Posting:
    """What one pass through the waiting posts did; ``waiting`` says why for each that is left."""

    sent: int
    waiting: tuple[str, ...]

    def raise_if_waiting(self) -> None:
        """End the command with an error when a post is left.

        Raises:
            EcosystemError: says how many, and why the first.
        """
        if self.waiting:
            count = len(self.waiting)
            posts = "1 post waits" if count == 1 else f"{count} posts wait"
            raise EcosystemError(
                f"{posts} in the outbox after {self.sent} sent: {self.waiting[0]} Nothing is lost: the next run sends "
                "what waits."
            )


def url_from_environment(connection_id: str) -> str:
    """The URL in ``AIRFLOW_CONN_<ID>``: an Apprise URL as it is, or a connection in JSON with the URL as its password.

    Raises:
        UsageError: it is missing or cannot be used; the text names the variable, never its value.
    """
    variable = f"AIRFLOW_CONN_{connection_id.upper()}"
    text = os.environ.get(variable, "").strip()
    if not text:
        raise UsageError(
            f"{variable} is not set: give the channel's Apprise URL, such as slack://..., or a connection in JSON with "
            "the URL as its password."
        )
    if not text.startswith("{"):
        return text
    try:
        return _url_of(json.loads(text), variable)
    except ValueError:
        raise UsageError(f"{variable} is neither a URL nor a connection in JSON.") from None


def url_from_airflow(connection: Any) -> str:
    """From a connection object of Airflow: the URL is its password, which Airflow masks in its logs.

    Raises:
        UsageError: it has no password.
    """
    return _url_of({"password": connection.password}, f"The connection {connection.conn_id}")


def _url_of(fields: Mapping[str, Any], origin: str) -> str:
    if not fields.get("password"):
        raise UsageError(f"{origin} has no password: put the channel's Apprise URL there.")
    return str(fields["password"])


def post_waiting(engine: Engine, routes: AlertRoutes, url_of: UrlOf = url_from_environment) -> Posting:
    """Send every waiting post once. After one that fails, its channel is left alone until the next run; the others
    still go.
    """
    sent = 0
    reasons: dict[str, str] = {}
    left: list[str] = []
    for outbox_id, channel in _waiting(engine):
        if channel not in reasons:
            reason = _post_one(engine, routes, url_of, outbox_id)
            sent += reason is None
            if not reason:
                continue
            reasons[channel] = reason
            logger.warning("%s", reason)
        left.append(reasons[channel])
    return Posting(sent, tuple(left))


def _waiting(engine: Engine) -> list[tuple[int, str]]:
    chosen = select(outbox.c.id, outbox.c.target).where(outbox.c.state == "pending", outbox.c.medium == POST)
    with engine.connect() as connection:
        return [(row.id, row.target) for row in connection.execute(chosen.order_by(outbox.c.id))]


def _post_one(engine: Engine, routes: AlertRoutes, url_of: UrlOf, outbox_id: int) -> str | None:
    """Gives why the post waits on; None when it went out, and no text when there is nothing to do."""
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
            return ""
        channel = routes.channels.get(row["target"])
        if channel is None:
            connection.execute(delete(outbox).where(outbox.c.id == outbox_id))
            logger.info("post %s taken out of the outbox: its channel is gone from %s", row["message_id"], FILE_NAME)
            return ""
        reason = _refusal(row["target"], channel.connection, json.loads(row["content"]), url_of)
        values: dict[str, Any] = {"attempts": row["attempts"] + 1, "last_error": reason}
        if reason is None:
            values |= {"state": "sent", "sent_at": current_time()}
        connection.execute(update(outbox).where(outbox.c.id == outbox_id).values(values))
    return reason


def _refusal(channel: str, connection_id: str, post: Mapping[str, str], url_of: UrlOf) -> str | None:
    """Post it; gives why it was not taken, or None."""
    try:
        url = url_of(connection_id)
    except UsageError as error:
        return f"the channel '{channel}' has no address: {error}"
    with _silent(TALKATIVE_LOGGERS):
        service = Apprise()
        if not service.add(url):
            return f"the channel '{channel}' cannot be posted to: the connection {connection_id} holds no Apprise URL."
        taken = service.notify(title=post["title"], body=post["body"], body_format=NotifyFormat.TEXT)
    return None if taken else f"the channel '{channel}' (connection {connection_id}) did not take a post."


@contextmanager
def _silent(names: tuple[str, ...]) -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in names]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for one, level in zip(loggers, levels, strict=True):
            one.setLevel(level)
