"""Lets buyers read the marts and vendors their own rows: policies, views and grants, made from the sharing protocol.

A vendor reaches a row only when four things agree: a view of the schema ``share``, the grant of the column, the policy
of the table, and the row of ``access.vendor_login`` that says which vendor the login is.
"""

from collections.abc import Iterator, Sequence

from psycopg import Connection, sql

from publishing.postgres.names import ACCESS, BUYERS, MARTS, PUBLICATION, SHARE, VENDOR_LOGIN, VENDORS
from publishing.sharing import GROUP, KEY, PEER_COLUMNS, Sharing

BUYERS_POLICY = "buyers_read_all"
VENDORS_POLICY = "vendors_read_their_own"
# What is known of the publication itself.
_PUBLICATION_COLUMNS = ("build_id", "as_of")
# The array is computed once for a query, so that the index of vendor_key is used.
_OWN_KEYS = (
    f"array(select login.vendor_key from {ACCESS}.{VENDOR_LOGIN} as login where login.login = current_user::text)"  # noqa: S608
)
_OWN = f"{KEY} = any({_OWN_KEYS})"
_OWN_GROUP = f"{GROUP} = any(array(select vendor.{GROUP} from {MARTS}.dim_vendor as vendor where vendor.{_OWN}))"  # noqa: S608


def close_table(connection: Connection, table: str) -> None:
    """Take away the view of a table and what vendors may read of it; its columns can change then."""
    connection.execute(sql.SQL("drop view if exists {}").format(sql.Identifier(SHARE, table)))
    connection.execute(_on(table, "drop policy if exists {1} on {0}", sql.Identifier(VENDORS_POLICY)))
    connection.execute(_on(table, "revoke all on {} from {}", sql.Identifier(VENDORS)))


def open_schemas(connection: Connection) -> None:
    """Let buyers into the schema of the marts and vendors into that of their views."""
    database = sql.Identifier(connection.info.dbname)
    for schema, role in ((MARTS, BUYERS), (SHARE, VENDORS)):
        connection.execute(sql.SQL("grant connect on database {} to {}").format(database, sql.Identifier(role)))
        connection.execute(sql.SQL("grant usage on schema {} to {}").format(*map(sql.Identifier, (schema, role))))


def open_to_buyers(connection: Connection, table: str) -> None:
    """Buyers see all rows of the table."""
    policy, buyers = sql.Identifier(BUYERS_POLICY), sql.Identifier(BUYERS)
    connection.execute(_on(table, "drop policy if exists {1} on {0}", policy))
    connection.execute(_on(table, "create policy {1} on {0} for select to {2} using (true)", policy, buyers))
    connection.execute(_on(table, "grant select on {} to {}", buyers))


def open_to_vendors(connection: Connection, table: str, columns: Sequence[str], condition: str) -> None:
    """Vendors see these columns of the rows for which the condition holds, through a view of the same name."""
    named = sql.SQL(", ").join(map(sql.Identifier, columns))
    policy, vendors = sql.Identifier(VENDORS_POLICY), sql.Identifier(VENDORS)
    connection.execute(
        _on(table, "create policy {1} on {0} for select to {2} using ({3})", policy, vendors, sql.SQL(condition))
    )
    connection.execute(_on(table, "grant select ({1}) on {0} to {2}", named, vendors))
    # What the planner knows of values shows in EXPLAIN, whoever asks: without statistics it knows nothing.
    for column in columns:
        connection.execute(_on(table, "alter table {} alter column {} set statistics 0", sql.Identifier(column)))
    view = sql.Identifier(SHARE, table)
    connection.execute(
        sql.SQL("create view {} with (security_invoker = true, security_barrier = true) as select {} from {}").format(
            view, named, sql.Identifier(MARTS, table)
        )
    )
    connection.execute(sql.SQL("grant select on {} to {}").format(view, vendors))
    _copy_comments(connection, table, columns)


def shared_tables(sharing: Sharing) -> Iterator[tuple[str, Sequence[str], str]]:
    """Each table that vendors may see something of: its name, the columns, and the condition of the rows in SQL."""
    for relation in sharing.relations:
        yield relation.mart, relation.columns, f"{_OWN} and {relation.condition}" if relation.is_own else "true"
    for peers in sharing.peers:
        yield (
            peers.name,
            tuple(PEER_COLUMNS),
            _OWN_GROUP,
        )
    yield PUBLICATION, _PUBLICATION_COLUMNS, "true"


def tables_for_everyone(sharing: Sharing) -> frozenset[str]:
    """The tables of which every vendor sees all rows."""
    return frozenset(mart for mart, _columns, condition in shared_tables(sharing) if condition == "true")


def _copy_comments(connection: Connection, mart: str, columns: Sequence[str]) -> None:
    """A view has no comments of its own: a reader in a BI tool would see none."""
    rows = connection.execute(
        "select attribute.attname, col_description(class.oid, attribute.attnum), obj_description(class.oid, 'pg_class')"
        " from pg_class as class inner join pg_attribute as attribute on attribute.attrelid = class.oid"
        " where class.oid = %s::regclass and attribute.attname = any(%s)",
        [f"{MARTS}.{mart}", list(columns)],
    ).fetchall()
    view = sql.Identifier(SHARE, mart)
    for column, described, _table in rows:
        if described:
            connection.execute(sql.SQL("comment on column {}.{} is {}").format(view, sql.Identifier(column), described))
    connection.execute(sql.SQL("comment on view {} is {}").format(view, rows[0][2] or ""))


def _on(table: str, statement: str, *others: sql.Composable) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(MARTS, table), *others)
