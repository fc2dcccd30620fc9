"""The alert ledger: tables, transactions, and what is read from and written to them.

SQLite in ``$ECOSYSTEM_HOME/alerts.db`` by default, PostgreSQL by ``ECOSYSTEM_ALERTS_DB_URL``. Instants are UTC.

The tables are declared here and made by the revisions in ``alerts/migrations``; a change needs both, and a test
compares them.

Every transaction that writes is opened by :func:`writing`. On SQLite it takes the database's one write lock at its
start; on PostgreSQL a row is locked while it is sent. In both, a process that dies frees what it held at once: there
is no lease to wait out.
"""

import os
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    RowMapping,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    bindparam,
    create_engine,
    event,
    false,
    func,
    insert,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import ArgumentError, OperationalError

from alerts.lifecycle import CLOSED, Announced, Known, State
from alerts.migrate import is_current, migrate
from alerts.muting import Silence
from alerts.signals import SubjectKind
from ecosystem.clock import current_time
from ecosystem.errors import EcosystemError, UsageError
from ecosystem.paths import Home

URL_VARIABLE = "ECOSYSTEM_ALERTS_DB_URL"
# What publications tell of, also where it is no vendor: the word is older than targets, and has landed.
SIGNAL_STREAM = "vendor"
DATA_STREAM = "data"
SYSTEM_ACTOR = "system"
MAIL, LETTER, POST = "mail", "letter", "post"
DIGESTS = ("digest", "weekly")
CLOSED_STATES = sorted(state.value for state in CLOSED)
# A worker on SQLite waits while another sends one mail, which takes at most a few SMTP time-outs.
SQLITE_WAIT_S = 120
# Any constant: it names the advisory lock under which publications are taken in one after the other on PostgreSQL.
INTAKE_LOCK = 0x65636F73


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


def ledger_url(home: Home) -> str:
    """``ECOSYSTEM_ALERTS_DB_URL``, else SQLite in the state directory."""
    return os.environ.get(URL_VARIABLE) or f"sqlite:///{home.alerts_db}"


def open_ledger(home: Home) -> Engine:
    """Connect to the ledger; its tables are made or migrated where they are not those of this program.

    Raises:
        UsageError: the URL is no URL of SQLite or PostgreSQL.
        EcosystemError: the database cannot be reached, or is of a newer version.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    return open_ledger_at(ledger_url(home))


def open_ledger_at(database: str) -> Engine:
    """The same for the URL of a database; the folder of an SQLite file must be there.

    Raises:
        UsageError: the URL is no URL of SQLite or PostgreSQL.
        EcosystemError: the database cannot be reached, or is of a newer version.
    """
    try:
        url = make_url(database)
        if url.get_backend_name() not in ("sqlite", "postgresql"):
            raise UsageError(
                f"{URL_VARIABLE} names '{url.get_backend_name()}': the ledger runs on SQLite and PostgreSQL."
            )
        # Parameters hold addresses and mails: an error text must not repeat them.
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url, hide_parameters=True, connect_args={"timeout": SQLITE_WAIT_S})
            _own_sqlite_transactions(engine)
        else:
            engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    except (ArgumentError, ModuleNotFoundError) as error:
        reason = (
            "it is not a database URL"
            if isinstance(error, ArgumentError)
            else f"the driver {error.name} is not installed"
        )
        raise UsageError(f"{URL_VARIABLE} cannot be used: {reason}.") from None
    try:
        with engine.connect() as connection:
            ready = is_current(connection)
        if not ready:
            with writing(engine, intake=True) as connection:
                migrate(connection)
    except OperationalError as error:
        place = url.render_as_string(hide_password=True)
        raise EcosystemError(
            f"The alert ledger {place} cannot be opened ({type(error.orig).__name__}): start the database or "
            f"correct {URL_VARIABLE}."
        ) from None
    return engine


def _own_sqlite_transactions(engine: Engine) -> None:
    """Make BEGIN explicit: the driver's own begins too late to serialise a read that decides a write."""

    @event.listens_for(engine, "connect")
    def _connected(dbapi_connection: Any, _record: Any) -> None:
        dbapi_connection.isolation_level = None
        dbapi_connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("ledger_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine, intake: bool = False) -> Iterator[Connection]:
    """A transaction that writes; ``intake`` lets one process at a time in, for decisions that depend on the whole
    ledger.
    """
    with engine.connect().execution_options(ledger_writes=True) as connection, connection.begin():
        if intake and connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": INTAKE_LOCK})
        yield connection


def known_companies(connection: Connection) -> frozenset[str]:
    """Companies whose first load was taken in."""
    return frozenset(connection.scalars(select(company.c.connection_id)))


def latest_as_of(connection: Connection, stream: str) -> datetime | None:
    """The greatest as-of that the ledger took in for a stream."""
    return connection.scalar(select(func.max(evaluation.c.as_of)).where(evaluation.c.stream == stream))


def known_alerts(connection: Connection) -> dict[str, Known]:
    """Every alert about a signal, as far as the lifecycle needs it."""
    columns = alert.c
    rows = connection.execute(
        select(
            columns.fingerprint,
            columns.state,
            columns.severity,
            columns.announced,
            columns.rule_id,
            columns.subject_kind,
            columns.subject_key,
            columns.purchase_order,
            columns.purchase_order_line,
            columns.schedule_line,
            columns.is_held,
        ).where(columns.stream == SIGNAL_STREAM)
    )
    return {
        row.fingerprint: Known(
            fingerprint=row.fingerprint,
            state=State(row.state),
            severity=row.severity,
            announced=Announced(row.announced),
            rule_id=row.rule_id,
            subject_kind=SubjectKind(row.subject_kind),
            subject_key=row.subject_key,
            order_line=(row.purchase_order, row.purchase_order_line, row.schedule_line),
            is_held=row.is_held,
        )
        for row in rows
    }


def alerts_by_fingerprint(connection: Connection, fingerprints: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Whole alert rows. Asked in slices: databases limit the number of parameters."""
    found: dict[str, Mapping[str, Any]] = {}
    for start in range(0, len(fingerprints), 500):
        chosen = select(alert).where(alert.c.fingerprint.in_(fingerprints[start : start + 500]))
        found.update({row["fingerprint"]: row for row in connection.execute(chosen).mappings()})
    return found


def thread_of(connection: Connection, alert_ids: Sequence[int], route: str) -> tuple[str, ...]:
    """Message-IDs of the mails that told a route of these alerts so far, oldest first; digests are no thread."""
    found: dict[int, str] = {}
    for start in range(0, len(alert_ids), 500):
        rows = connection.execute(
            select(outbox.c.id, outbox.c.message_id)
            .join(alert_event, alert_event.c.outbox_id == outbox.c.id)
            .where(
                alert_event.c.alert_id.in_(alert_ids[start : start + 500]),
                outbox.c.route == route,
                outbox.c.kind.not_in(DIGESTS),
            )
            .distinct()
        )
        found.update({row.id: row.message_id for row in rows})
    return tuple(message_id for _, message_id in sorted(found.items()))


def add_mail(connection: Connection, **values: Any) -> int:
    """Put a mail into the outbox; gives its id.

    Raises:
        sqlalchemy.exc.IntegrityError: a mail with this Message-ID is there already.
    """
    result = connection.execute(insert(outbox).values(state="pending", attempts=0, written_at=current_time(), **values))
    key = result.inserted_primary_key
    if key is None:
        raise RuntimeError("the database gave no key for the outbox row")
    return int(key[0])


def add_event(connection: Connection, events: Sequence[Mapping[str, Any]]) -> None:
    """Append to the history of alerts; ``sequence`` follows the alert's last event."""
    if not events:
        return
    last: dict[int, int] = {}
    ids = [one["alert_id"] for one in events]
    for start in range(0, len(ids), 500):
        rows = connection.execute(
            select(alert_event.c.alert_id, func.max(alert_event.c.sequence).label("last"))
            .where(alert_event.c.alert_id.in_(ids[start : start + 500]))
            .group_by(alert_event.c.alert_id)
        )
        last.update({row.alert_id: row.last for row in rows})
    unsaid = {"outbox_id": None, "cycle": None, "reason_code": None, "verdict": None}
    numbered = [unsaid | dict(one) | {"sequence": last.get(one["alert_id"], 0) + 1} for one in events]
    connection.execute(insert(alert_event), numbered)


def change_alert(connection: Connection, alert_id: int, **values: Any) -> None:
    """Set columns of one alert."""
    connection.execute(update(alert).where(alert.c.id == alert_id).values(**values))


def change_alerts(connection: Connection, changes: Sequence[Mapping[str, Any]]) -> None:
    """Set columns of many alerts; every mapping has ``id`` and the same columns."""
    if changes:
        rows = [{f"new_{name}": value for name, value in one.items()} for one in changes]
        columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in changes[0] if name != "id"}
        connection.execute(update(alert).where(alert.c.id == bindparam("new_id")).values(columns), rows)


def open_alerts(connection: Connection) -> Sequence[RowMapping]:
    """Every open alert about a signal, without its facts."""
    columns: list[Column[Any]] = [column for column in alert.c if column.name != "facts"]
    chosen = select(*columns).where(alert.c.stream == SIGNAL_STREAM, alert.c.state.not_in(CLOSED_STATES))
    return connection.execute(chosen.order_by(alert.c.fingerprint)).mappings().all()


def untold_closings(connection: Connection) -> Sequence[RowMapping]:
    """Closed alerts about signals whose thread is still to be closed by a mail."""
    chosen = select(alert).where(
        alert.c.stream == SIGNAL_STREAM, alert.c.state.in_(CLOSED_STATES), alert.c.is_closing_untold.is_(True)
    )
    return connection.execute(chosen.order_by(alert.c.fingerprint)).mappings().all()


def queued_alerts(connection: Connection) -> Sequence[RowMapping]:
    """Alerts about signals that wait for the weekly digest because a budget was used up, open or not."""
    chosen = select(alert).where(alert.c.stream == SIGNAL_STREAM, alert.c.announced == Announced.QUEUED.value)
    return connection.execute(chosen.order_by(alert.c.fingerprint)).mappings().all()


def alerts_some_were_left_out_of(connection: Connection, since: datetime) -> Sequence[RowMapping]:
    """Alerts with the route of a mail, queued after ``since``, that not all of its team were sent."""
    chosen = (
        select(alert, outbox.c.route.label("mailed_route"))
        .join(alert_event, alert_event.c.alert_id == alert.c.id)
        .join(outbox, outbox.c.id == alert_event.c.outbox_id)
        .where(outbox.c.id.in_(select(outbox_left_out.c.outbox_id)), outbox.c.as_of > since)
    )
    rows = {(row["id"], row["mailed_route"]): row for row in connection.execute(chosen).mappings()}
    return [rows[key] for key in sorted(rows)]


def facts_of(connection: Connection, alert_ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """What was known of alerts when they opened."""
    found: dict[int, Mapping[str, Any]] = {}
    for start in range(0, len(alert_ids), 500):
        chosen = select(alert.c.id, alert.c.facts).where(alert.c.id.in_(alert_ids[start : start + 500]))
        found.update({row.id: row.facts for row in connection.execute(chosen)})
    return found


def last_digest(connection: Connection) -> Row[Any] | None:
    """The last week whose digests were written: ``period_start`` and ``as_of``."""
    return connection.execute(select(weekly_digest).order_by(weekly_digest.c.period_start.desc()).limit(1)).first()


def latest_events(connection: Connection, alert_ids: Sequence[int], changes: Collection[str]) -> dict[int, RowMapping]:
    """The last event of each alert among these changes."""
    found: dict[int, RowMapping] = {}
    for start in range(0, len(alert_ids), 500):
        chosen = (
            select(alert_event)
            .where(alert_event.c.alert_id.in_(alert_ids[start : start + 500]), alert_event.c.change.in_(changes))
            .order_by(alert_event.c.sequence)
        )
        found.update({row["alert_id"]: row for row in connection.execute(chosen).mappings()})
    return found


def link_events(connection: Connection, event_ids: Sequence[int], outbox_id: int) -> None:
    """Note in the history which mail tells of these events."""
    for start in range(0, len(event_ids), 500):
        chosen = alert_event.c.id.in_(event_ids[start : start + 500])
        connection.execute(update(alert_event).where(chosen).values(outbox_id=outbox_id))


def active_silences(connection: Connection, clock: datetime) -> tuple[Silence, ...]:
    """Silences that nobody has ended and that have not expired, the oldest first."""
    chosen = select(silence).where(silence.c.ended_at.is_(None), silence.c.expires_at > clock).order_by(silence.c.id)
    rows = connection.execute(chosen).mappings().all()
    conditions: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in connection.execute(select(silence_condition)):
        conditions[one.silence_id][one.field].add(one.value)
    return tuple(
        Silence(
            number=row["id"],
            author=row["author"],
            reason=row["reason"],
            created_at=row["created_at"],
            expires_at=row["expires_at"],
            conditions={field: frozenset(values) for field, values in conditions[row["id"]].items()},
        )
        for row in rows
    )


def recipients_left_out(connection: Connection, outbox_ids: Sequence[int]) -> Mapping[int, set[str]]:
    """Recipients of the team that each of these mails does not go to."""
    found: dict[int, set[str]] = {outbox_id: set() for outbox_id in outbox_ids}
    for start in range(0, len(outbox_ids), 500):
        chosen = outbox_left_out.c.outbox_id.in_(outbox_ids[start : start + 500])
        for row in connection.execute(select(outbox_left_out).where(chosen)):
            found[row.outbox_id].add(row.address)
    return found


def record_evaluation(connection: Connection, **values: Any) -> None:
    """Note what was taken in; the same publication at the same as-of is noted once."""
    same = select(evaluation.c.id).where(
        evaluation.c.stream == values["stream"],
        evaluation.c.as_of == values["as_of"],
        evaluation.c.build_id == values["build_id"],
    )
    if connection.scalar(same) is None:
        connection.execute(insert(evaluation).values(**values))
