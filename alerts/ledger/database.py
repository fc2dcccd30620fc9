"""Connects to the ledger and opens its transactions.

Every transaction that writes is opened by :func:`writing`. On SQLite it takes the database's one write lock at its
start; on PostgreSQL a row is locked while it is sent. In both, a process that dies frees what it held at once: there
is no lease to wait out.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

from alerts.migrate import is_current, migrate
from ecosystem.errors import EcosystemError, UsageError
from ecosystem.paths import Home

URL_VARIABLE = "ECOSYSTEM_ALERTS_DB_URL"
# A worker on SQLite waits while another sends one mail, which takes at most a few SMTP time-outs.
SQLITE_WAIT_S = 120
# Any constant: it names the advisory lock under which publications are taken in one after the other on PostgreSQL.
INTAKE_LOCK = 0x65636F73


def ledger_url(home: Home) -> str:
    """``ECOSYSTEM_ALERTS_DB_URL``, else SQLite in the state directory."""
    return os.environ.get(URL_VARIABLE) or f"sqlite:///{home.alerts_db}"


def open_ledger(home: Home) -> Engine:
    """Connect to the ledger; its tables are made or migrated where they are not those of this program.

    Raises:
        UsageError: the URL is no URL of SQLite or PostgreSQL.
        EcosystemError: the database cannot be reached, is of a newer version, or its tables are not ready and this user
            may not make them so.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    return open_ledger_at(ledger_url(home))


def open_ledger_at(database: str) -> Engine:
    """The same for the URL of a database; the folder of an SQLite file must be there.

    Raises:
        UsageError: the URL is no URL of SQLite or PostgreSQL.
        EcosystemError: the database cannot be reached, is of a newer version, or its tables are not ready and this user
            may not make them so.
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
    except ProgrammingError as error:
        place = url.render_as_string(hide_password=True)
        raise EcosystemError(
            f"The alert ledger {place} is not made or not of this program's version, and this user may not change that "
            f"({type(error.orig).__name__}): run 'ecosystem alerts migrate' as the owner of its tables."
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
