"""Brings the current publication to PostgreSQL, in one transaction: readers see the one before or the new one."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import Connection, sql

from config.sharing import load_sharing
from ecosystem.errors import EcosystemError
from ecosystem.paths import Home
from publishing.manifest import read_manifest
from publishing.postgres.audit import findings, withdraw
from publishing.postgres.load import Loaded
from publishing.postgres.mirror import forget_shapes, mirror
from publishing.postgres.names import ACCESS, LOADED, MARTS
from publishing.shared_views import shared_views

logger = logging.getLogger(__name__)

# Rows change beside readers. A column that comes or goes has to wait for them, and new readers for it.
LOCK_TIMEOUT_S = 60
SETTINGS = {
    "timezone": "UTC",
    "lock_timeout": f"{LOCK_TIMEOUT_S}s",
    # The joins of what is staged with what is there, and the sorts of the keys, of a million rows in memory.
    "work_mem": "256MB",
    "maintenance_work_mem": "256MB",
}


@dataclass(frozen=True)
class Served:
    """What a publication to PostgreSQL did; ``findings`` of the audit are why vendors' rights were withdrawn."""

    build_id: str
    tables: int
    written: Mapping[str, Loaded]
    findings: tuple[str, ...]
    seconds: float


def publish_to_postgres(home: Home, url: str) -> Served:
    """Make the tables hold the current publication. What has not changed since the last one is not written again.

    Raises:
        EcosystemError: nothing is published, the server cannot be reached or refuses, or rows contradict the contract.
        UsageError: the sharing protocol does not fit the publication.
    """
    started = time.monotonic()
    publication, settings = _current(home), load_sharing()
    manifest = read_manifest(publication)
    with shared_views(publication, settings) as (marts, sharing), _transaction(url) as connection:
        written = mirror(connection, marts, manifest, settings, sharing)
        found = findings(connection, sharing)
        if found:
            withdraw(connection)
            forget_shapes(connection)
    for sentence in found:
        logger.error("audit: %s", sentence)
    with _connection(url) as connection:
        connection.autocommit = True
        for table in written:
            connection.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier(MARTS, table)))
    return Served(
        manifest["build_id"],
        len(manifest["marts"]) + len(sharing.peers) + 1,
        written,
        tuple(found),
        round(time.monotonic() - started, 3),
    )


def audit(home: Home, url: str) -> tuple[str, ...]:
    """What vendors can reach on the server beyond the protocol, a sentence each; changes nothing.

    Raises:
        EcosystemError: nothing is published, or the server cannot be reached or refuses.
    """
    with shared_views(_current(home), load_sharing()) as (_marts, sharing), _transaction(url) as connection:
        return tuple(findings(connection, sharing))


def _current(home: Home) -> Path:
    if not home.current.exists():
        raise EcosystemError(f"Nothing is published under {home.current}: run 'ecosystem publish' first.")
    return home.current.resolve()


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    try:
        with psycopg.connect(url, connect_timeout=10, application_name="ecosystem publish") as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise EcosystemError(
            f"The serving database cannot be reached ({_first_line(error)}): see to it and publish again."
        ) from error


@contextmanager
def _transaction(url: str) -> Iterator[Connection]:
    """One transaction, and one publication at a time."""
    with _connection(url) as connection:
        try:
            for setting, value in SETTINGS.items():
                connection.execute(sql.SQL("set local {} = {}").format(sql.Identifier(setting), value))
            _lock(connection)
            yield connection
            connection.commit()
        except psycopg.IntegrityError as error:
            raise EcosystemError(
                f"The table {error.diag.table_name} contradicts its contract ({error.diag.message_detail}): "
                "mend the model; PostgreSQL keeps the former publication."
            ) from error
        except psycopg.errors.LockNotAvailable as error:
            raise EcosystemError(
                f"A reader kept a table whose columns were to change for {LOCK_TIMEOUT_S} s: publish again after it."
            ) from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise EcosystemError(
                f"The serving database refuses ({_first_line(error)}): run 'ecosystem serving setup'."
            ) from error


def _lock(connection: Connection) -> None:
    state = sql.Identifier(ACCESS, LOADED)
    try:
        connection.execute(sql.SQL("lock table {} in share row exclusive mode").format(state))
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise EcosystemError(
            "The serving database is not set up: run 'ecosystem serving setup' as its administrator."
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
