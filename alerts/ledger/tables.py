"""The tables of the ledger. They are made by the revisions in ``alerts/migrations``; a change needs both, and a test
compares them.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

from alerts.lifecycle import CLOSED

# What publications tell of, also where it is no vendor: the word is older than targets, and has landed.
SIGNAL_STREAM = "vendor"
DATA_STREAM = "data"
SYSTEM_ACTOR = "system"
MAIL, LETTER, POST = "mail", "letter", "post"
DIGESTS = ("digest", "weekly")
CLOSED_STATES = sorted(state.value for state in CLOSED)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, also where the database keeps no time zone (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To the database; a naive datetime is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the instant {value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

company = Table(
    "company",
    metadata,
    Column("connection_id", String(100), primary_key=True),
    Column("first_build_id", String(100), nullable=False),
    Column("first_as_of", Instant, nullable=False),
    comment="ERP connections whose first load was taken in silently.",
)

evaluation = Table(
    "evaluation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("stream", String(200), nullable=False, comment="vendor, or data/<scope>"),
    Column("as_of", Instant, nullable=False),
    Column("build_id", String(100), nullable=False),
    Column("opened", Integer, nullable=False),
    Column("resolved", Integer, nullable=False),
    Column("withdrawn", Integer, nullable=False),
    Column("muted", Integer, nullable=False),
    UniqueConstraint("stream", "as_of", "build_id"),
    comment="What was taken in, and when: the clock of the ledger never goes back.",
)

alert = Table(
    "alert",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("stream", String(20), nullable=False),
    Column("fingerprint", String(500), nullable=False, unique=True),
    Column("rule_id", String(100), nullable=False),
    Column("kpi_family", String(50), nullable=False),
    Column("severity", String(20), nullable=False),
    Column(
        "subject_key",
        String(300),
        nullable=False,
        comment="vendor_key or metric_id; of a data alert the feed, check or step",
    ),
    Column("purchase_order", String(200)),
    Column("purchase_order_line", String(200)),
    Column("schedule_line", String(200)),
    Column("state", String(20), nullable=False),
    Column("announced", String(20), nullable=False),
    Column("route", String(100), comment="the route that was mailed, or will be; null while nobody is"),
    Column("cycle", Integer, nullable=False, comment="1, and one more each time it opens again"),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column(
        "facts", JSON, nullable=False, comment="what was known when it opened: a withdrawn signal is gone from the mart"
    ),
    Column("muted_by", String(700), comment="why nobody is mailed of it now: a silence, or the alert that inhibits it"),
    Column("told_at", Instant, comment="clock of the run that wrote the first mail of this opening"),
    Column("reminded_at", Instant, comment="clock of the run that wrote the last reminder"),
    Column("reminder_count", Integer, nullable=False, server_default="0", comment="reminders of this opening"),
    Column("escalation_level", Integer, nullable=False, server_default="0", comment="rungs of the ladder it reached"),
    Column("escalation_told", Integer, nullable=False, server_default="0", comment="rungs that were mailed"),
    Column("acknowledged_at", Instant, comment="when a person took this opening on"),
    Column("reason_code", String(20), comment="vendor, us, carrier or data: what a person found"),
    Column("verdict", String(10), comment="true or false: whether the alert was right"),
    Column(
        "is_held",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="closed by a person while its signal lasts: it stays closed until the signal ended",
    ),
    Column(
        "is_closing_untold",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="the mail that closes its thread is still to be written",
    ),
    Column(
        "subject_kind",
        String(20),
        nullable=False,
        server_default="vendor",
        comment="what subject_key names: vendor, metric or pipeline",
    ),
    Column(
        "alarms_told",
        Integer,
        comment="alarms of the episode that people were told of; null where none are counted, "
        "or were not when it was told",
    ),
    CheckConstraint("stream IN ('vendor', 'data')", name="stream"),
    Index(None, "stream", "subject_key"),
    comment="One row per fingerprint.",
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", String(300), nullable=False, unique=True),
    Column("kind", String(30), nullable=False),
    Column("route", String(100), nullable=False),
    Column("subject", String(500), nullable=False),
    Column("content", LargeBinary, nullable=False, comment="MIME, without From and To: they are set when it is sent"),
    Column("as_of", Instant, nullable=False),
    Column("state", String(20), nullable=False, comment="pending or sent"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("last_error", Text),
    Column("sent_at", Instant),
    Column(
        "medium",
        String(10),
        nullable=False,
        server_default="mail",
        comment="mail to a team, letter to a vendor, or post in a channel",
    ),
    Column("target", String(300), comment="of a letter the vendor_key, of a post the channel's key"),
    Column("beside_id", Integer, comment="id of the team's mail that a letter or post goes beside"),
    Column("written_at", Instant, comment="wall clock when it was put in: links are valid from then"),
    CheckConstraint("state IN ('pending', 'sent')", name="state"),
    Index(None, "state", "id"),
    comment="Mails, written in the same transaction as the alert's change and before anything is sent.",
)

outbox_recipient = Table(
    "outbox_recipient",
    metadata,
    Column("outbox_id", ForeignKey("outbox.id"), primary_key=True),
    Column("address", String(320), primary_key=True),
    Column("outcome", String(20), nullable=False, comment="accepted, or refused for good"),
    Column("smtp_code", Integer, nullable=False),
    CheckConstraint("outcome IN ('accepted', 'refused')", name="outcome"),
    comment="What the mail server said of each recipient.",
)

outbox_left_out = Table(
    "outbox_left_out",
    metadata,
    Column("outbox_id", ForeignKey("outbox.id"), primary_key=True),
    Column("address", String(320), primary_key=True),
    comment="Recipients of the team that a mail does not go to: their budget of the week is used up.",
)

silence = Table(
    "silence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("author", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant, comment="when a person ended it before it expired"),
    Column("ended_by", String(200)),
    comment="What people do not want to be mailed about for a while.",
)

silence_condition = Table(
    "silence_condition",
    metadata,
    Column("silence_id", ForeignKey("silence.id"), primary_key=True),
    Column("field", String(30), primary_key=True),
    Column("value", String(500), primary_key=True),
    comment="What a silence matches: any value of a field, and every field.",
)

weekly_digest = Table(
    "weekly_digest",
    metadata,
    Column("period_start", Date, primary_key=True, comment="the day of the week that digests are due on"),
    Column("as_of", Instant, nullable=False, comment="clock of the run that wrote the digests"),
    comment="Weeks whose digests were written, or had nothing to tell.",
)

alert_event = Table(
    "alert_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alert_id", ForeignKey("alert.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("change", String(30), nullable=False),
    Column("from_state", String(20)),
    Column("to_state", String(20), nullable=False),
    Column("at", Instant, nullable=False, comment="as-of of the publication, or when a person did it"),
    Column("actor", String(200), nullable=False),
    Column("reason", Text),
    Column("build_id", String(100)),
    Column("outbox_id", ForeignKey("outbox.id"), comment="the mail that tells it; null where none does"),
    Column("cycle", Integer, comment="the opening it belongs to; null in a ledger of the first version"),
    Column("reason_code", String(20)),
    Column("verdict", String(10)),
    UniqueConstraint("alert_id", "sequence"),
    comment="The history of every alert; never changed.",
)


# What an opening starts with, whatever the one before it left behind.
NEW_OPENING: dict[str, Any] = {
    "closed_at": None,
    "told_at": None,
    "reminded_at": None,
    "reminder_count": 0,
    "escalation_level": 0,
    "escalation_told": 0,
    "acknowledged_at": None,
    "reason_code": None,
    "verdict": None,
    "is_held": False,
    "is_closing_untold": False,
    "muted_by": None,
    "alarms_told": None,
}
