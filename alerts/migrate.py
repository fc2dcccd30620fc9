"""Brings the ledger's tables to the version that this program works with, by Alembic.

A ledger that was made before Alembic has the tables of the first revision and no version: it is taken over as it is.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, column, inspect, select, table

from ecosystem.errors import EcosystemError

# Its own name: a company may keep the ledger in a database that other programs migrate by Alembic too.
VERSION_TABLE = "alert_ledger_version"
FIRST = "0001"
HEAD = "0004"


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this program."""
    return _version(connection) == HEAD


def migrate(connection: Connection) -> None:
    """Run the revisions that are missing, in the connection's transaction: all of them or none.

    The caller sees to it that one process at a time does so.

    Raises:
        EcosystemError: the ledger is of a newer version than this program.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    if _version(connection) is None and inspect(connection).has_table("alert"):
        command.stamp(config, FIRST)
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise EcosystemError(
            f"The alert ledger is at revision '{_version(connection)}', which this program (revision {HEAD}) does not "
            "know: run the newer program that made it."
        ) from None


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))
