"""What an administrator does once, and for each vendor: roles, the database's rights, and logins of vendors."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict

from ecosystem.errors import EcosystemError, UsageError
from publishing.postgres.names import ACCESS, BUYERS, LOADED, MARTS, SHARE, VENDOR_LOGIN, VENDORS

CONNECTIONS_OF_A_VENDOR = 5
# A session may set these otherwise: they keep honest clients from mistakes; against others there are no rights to use.
VENDOR_SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "5min",
    "search_path": SHARE,
}
# Large objects belong to nobody's schema, and everyone may make them.
_LARGE_OBJECTS = (
    "lo_creat(integer)",
    "lo_create(oid)",
    "lo_from_bytea(oid, bytea)",
    "lo_open(oid, integer)",
    "lo_put(oid, bigint, bytea)",
    "lo_truncate(integer, integer)",
    "lo_truncate64(integer, bigint)",
    "lo_unlink(oid)",
    "lowrite(integer, bytea)",
)


@dataclass(frozen=True)
class VendorLogin:
    """A login as it is handed to a vendor; the password is told once and kept nowhere."""

    login: str
    password: str = field(repr=False)
    vendor_key: str


def set_up(admin_url: str, publisher_url: str) -> None:
    """Make roles, schemas and what publications remember, in the database of ``admin_url``; again is harmless.

    The connection needs a superuser: it takes from PUBLIC what PostgreSQL gives to everyone in this database (temporary
    tables, the schema ``public``, large objects, code blocks).

    Args:
        publisher_url: how publications connect. Its user is made if there is none, gets the password of the address if
            it has one, and becomes the owner of the database.

    Raises:
        UsageError: the address names no user, or a superuser.
        EcosystemError: the server cannot be reached, or refuses.
    """
    with _administrator(admin_url) as connection:
        publisher = _publisher(connection, publisher_url)
        for role in (BUYERS, VENDORS):
            if connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone() is None:
                connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
        database = sql.Identifier(connection.info.dbname)
        owner = sql.Identifier(publisher)
        connection.execute(sql.SQL("alter database {} owner to {}").format(database, owner))
        connection.execute(sql.SQL("revoke all on database {} from public").format(database))
        connection.execute("revoke all on schema public from public")
        connection.execute("revoke usage on language plpgsql from public")
        for function in _LARGE_OBJECTS:
            connection.execute(
                sql.SQL("revoke execute on function pg_catalog.{} from public").format(sql.SQL(function))
            )
        for schema in (MARTS, SHARE, ACCESS):
            connection.execute(
                sql.SQL("create schema if not exists {} authorization {}").format(sql.Identifier(schema), owner)
            )
        connection.execute(sql.SQL("set local role {}").format(owner))
        _make_access(connection)


def _publisher(connection: Connection, url: str) -> str:
    address = conninfo_to_dict(url)
    name, password = str(address.get("user") or ""), str(address.get("password") or "")
    row = connection.execute("select rolsuper from pg_roles where rolname = %s", [name]).fetchone()
    if not name or (row and row[0]):
        raise UsageError(f"The publisher needs a user of its own that is no superuser, not '{name}'.")
    if row is None:
        connection.execute(sql.SQL("create role {} login").format(sql.Identifier(name)))
    if password:
        verifier = _verifier(connection, name, password)
        connection.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(name), verifier))
    return name


def _verifier(connection: Connection, login: str, password: str) -> str:
    """What the server keeps of a password. Its log may hold statements: it gets this, never the password."""
    return connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()


def _make_access(connection: Connection) -> None:
    logins, loaded = sql.Identifier(ACCESS, VENDOR_LOGIN), sql.Identifier(ACCESS, LOADED)
    connection.execute(
        sql.SQL(
            "create table if not exists {} (login text primary key, vendor_key text not null,"
            " granted_at timestamptz not null default now())"
        ).format(logins)
    )
    connection.execute(sql.SQL("alter table {} enable row level security").format(logins))
    connection.execute(sql.SQL("drop policy if exists own_login on {}").format(logins))
    connection.execute(
        sql.SQL("create policy own_login on {} for select to {} using (login = current_user::text)").format(
            logins, sql.Identifier(VENDORS)
        )
    )
    connection.execute(sql.SQL("grant select (login, vendor_key) on {} to {}").format(logins, sql.Identifier(VENDORS)))
    connection.execute(
        sql.SQL(
            "create table if not exists {} (name text primary key, shape text not null, content text not null)"
        ).format(loaded)
    )


def add_vendor_login(admin_url: str, vendor_key: str) -> VendorLogin:
    """A new login for a published vendor. Its name says nothing about the vendor, for every login sees all names.

    Raises:
        UsageError: no such vendor is published.
        EcosystemError: the server cannot be reached, or refuses.
    """
    with _administrator(admin_url) as connection:
        known = connection.execute(
            sql.SQL("select 1 from {} where vendor_key = %s").format(sql.Identifier(MARTS, "dim_vendor")), [vendor_key]
        ).fetchone()
        if known is None:
            raise UsageError(f"No vendor '{vendor_key}' is published: the vendor_key stands in dim_vendor.")
        login, password = f"v_{secrets.token_hex(6)}", secrets.token_urlsafe(24)
        role = sql.Identifier(login)
        connection.execute(
            sql.SQL("create role {} login password {} connection limit {} in role {}").format(
                role, _verifier(connection, login, password), CONNECTIONS_OF_A_VENDOR, sql.Identifier(VENDORS)
            )
        )
        for setting, value in VENDOR_SETTINGS.items():
            connection.execute(sql.SQL("alter role {} set {} = {}").format(role, sql.Identifier(setting), value))
        connection.execute(
            sql.SQL("insert into {} (login, vendor_key) values (%s, %s)").format(sql.Identifier(ACCESS, VENDOR_LOGIN)),
            [login, vendor_key],
        )
    return VendorLogin(login, password, vendor_key)


def remove_vendor_login(admin_url: str, login: str) -> None:
    """End a vendor's login and its sessions.

    Raises:
        UsageError: there is no such login.
        EcosystemError: the server cannot be reached, or refuses.
    """
    with _administrator(admin_url) as connection:
        removed = connection.execute(
            sql.SQL("delete from {} where login = %s").format(sql.Identifier(ACCESS, VENDOR_LOGIN)), [login]
        ).rowcount
        if not removed:
            raise UsageError(f"There is no vendor login '{login}': 'ecosystem serving logins' lists them.")
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [login])
        connection.execute(sql.SQL("drop role {}").format(sql.Identifier(login)))


def vendor_logins(admin_url: str) -> list[tuple[str, str]]:
    """Each login with its vendor's key.

    Raises:
        EcosystemError: the server cannot be reached, or refuses.
    """
    with _administrator(admin_url) as connection:
        query = sql.SQL("select login, vendor_key from {} order by vendor_key, login")
        return connection.execute(query.format(sql.Identifier(ACCESS, VENDOR_LOGIN))).fetchall()


@contextmanager
def _administrator(url: str) -> Iterator[Connection]:
    try:
        with psycopg.connect(url, connect_timeout=10, application_name="ecosystem serving") as connection:
            yield connection
    except psycopg.Error as error:
        reason = str(error).strip().partition("\n")[0]
        raise EcosystemError(
            f"The serving database cannot be administered ({reason}): look at the address and at who its user is."
        ) from error
