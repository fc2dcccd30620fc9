"""Serving databases for tests, with sessions of everyone who reads them."""

from dataclasses import dataclass

import psycopg

from publishing.postgres.roles import add_vendor_login, set_up
from tests.postgres_server import Server


@dataclass
class Database:
    """A serving database that is set up. ``url`` is the publisher's, ``admin_url`` the superuser's."""

    server: Server
    name: str

    @property
    def admin_url(self) -> str:
        return self._url("dba")

    @property
    def url(self) -> str:
        return self._url("publisher")

    def _url(self, user: str) -> str:
        return f"host={self.server.folder} port={self.server.port} dbname={self.name} user={user}"

    def as_role(self, role: str, password: str = "") -> psycopg.Connection:
        """A session of a role; by TCP and password where there is one, as a stranger would come."""
        host = f"127.0.0.1 password={password}" if password else self.server.folder
        return psycopg.connect(f"host={host} port={self.server.port} dbname={self.name} user={role}", autocommit=True)

    def vendor(self, vendor_key: str) -> psycopg.Connection:
        """A session of a new login of the vendor."""
        login = add_vendor_login(self.admin_url, vendor_key)
        return self.as_role(login.login, login.password)

    def buyer(self) -> psycopg.Connection:
        return self.as_role("anna")

    def admin(self) -> psycopg.Connection:
        return self.as_role("dba")


_numbers = iter(range(1, 1000))


def make_database(server: Server) -> Database:
    """An empty serving database that is set up, with a buyer."""
    name = f"serving_{next(_numbers)}"
    admin = f"host={server.folder} port={server.port} user=dba dbname=postgres"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    database = Database(server, name)
    set_up(database.admin_url, database.url)
    with psycopg.connect(admin, autocommit=True) as connection:
        if connection.execute("select 1 from pg_roles where rolname = 'anna'").fetchone() is None:
            connection.execute("create role anna login in role ecosystem_buyer")
    return database


def drop_database(database: Database) -> None:
    """Remove the database with the logins of its vendors: roles belong to the server, and each audit looks at all."""
    admin = f"host={database.server.folder} port={database.server.port} user=dba dbname=postgres"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"drop database {database.name} with (force)")
        for (role,) in connection.execute("select rolname from pg_roles where rolname ~ '^(v|reader)_'").fetchall():
            connection.execute(f"drop role {role}")
