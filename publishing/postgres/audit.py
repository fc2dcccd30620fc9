"""Looks at what vendors can reach on the serving database, as its catalogues tell it; withdraws their rights when it is
more than the protocol shares.

It runs inside each publication's transaction, so that no publication is seen before it was audited, and on demand.
"""

# ruff: noqa: S608 - the queries are put together from this module's own texts

from collections.abc import Iterator, Sequence

from psycopg import Connection, sql

from ecosystem.errors import EcosystemError
from publishing.postgres.names import ACCESS, MARTS, SHARE, VENDOR_LOGIN, VENDORS
from publishing.postgres.share import VENDORS_POLICY, shared_tables, tables_for_everyone
from publishing.sharing import Sharing

# The role of vendors and whoever is a member of it, with the roles that they are members of in turn.
_REACHING = """
    with recursive reaching as (
        select oid, rolname from pg_roles where rolname = %(vendors)s
        union
        select member.oid, member.rolname
        from pg_auth_members as link
        inner join reaching on link.roleid = reaching.oid
        inner join pg_roles as member on member.oid = link.member
    )
"""
_RELATIONS = (
    _REACHING
    + """
    select distinct
        namespace.nspname, class.relname, class.relkind, class.relrowsecurity,
        coalesce(class.reloptions @> array['security_invoker=true'], false),
        has_any_column_privilege(reaching.oid, class.oid, 'SELECT'),
        case when class.relkind = 'S' then has_sequence_privilege(reaching.oid, class.oid, 'USAGE, UPDATE')
            else has_any_column_privilege(reaching.oid, class.oid, 'INSERT, UPDATE, REFERENCES')
                or has_table_privilege(reaching.oid, class.oid, 'DELETE, TRUNCATE, TRIGGER') end
    from pg_class as class
    inner join pg_namespace as namespace on namespace.oid = class.relnamespace
    cross join reaching
    where class.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        and namespace.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    order by 1, 2
    """
)
_POLICIES = (
    _REACHING
    + """
    select policy.polrelid::regclass::text, policy.polname, pg_get_expr(policy.polqual, policy.polrelid)
    from pg_policy as policy
    where policy.polroles && array(select oid from reaching) or 0 = any(policy.polroles)
    order by 1, 2
    """
)


def findings(connection: Connection, sharing: Sharing) -> list[str]:
    """What vendors can reach beyond the protocol, a sentence each; none when all is well."""
    return [
        *_relations(connection, sharing),
        *_policies(connection, sharing),
        *_roles(connection),
        *_schemas_and_database(connection),
        *_functions(connection),
    ]


def withdraw(connection: Connection) -> None:
    """Take from vendors what the database's owner gave them: views, columns, schemas and the connection.

    What somebody else gave cannot be taken back here; without the connection nobody reaches it.
    """
    vendors = sql.Identifier(VENDORS)
    schemas = [SHARE, MARTS]
    own = connection.execute(
        "select relnamespace::regnamespace::text, relname from pg_class"
        " where relnamespace::regnamespace::text = any(%s) and relkind in ('r', 'p', 'v', 'm', 'f')"
        " and pg_has_role(relowner, 'USAGE')",
        [schemas],
    ).fetchall()
    for place in own:
        connection.execute(sql.SQL("revoke all on {} from {}").format(sql.Identifier(*place), vendors))
    for schema in schemas:
        connection.execute(sql.SQL("revoke all on schema {} from {}").format(sql.Identifier(schema), vendors))
    database = connection.info.dbname
    connection.execute(sql.SQL("revoke connect on database {} from {}").format(sql.Identifier(database), vendors))


def require_none(found: Sequence[str]) -> None:
    """Fail with what was found.

    Raises:
        EcosystemError: there are findings.
    """
    if found:
        raise EcosystemError(
            "Vendors could reach more than is shared, see docs/serving.md for what to do: " + " ".join(found)
        )


def _relations(connection: Connection, sharing: Sharing) -> Iterator[str]:
    tables = {mart for mart, _columns, _condition in shared_tables(sharing)}
    for schema, name, kind, has_policies, is_invoker, reads, writes in connection.execute(
        _RELATIONS, {"vendors": VENDORS}
    ):
        place = f"{schema}.{name}"
        if writes:
            yield f"Vendors may change {place}."
        if not reads:
            continue
        if kind == "m":
            yield f"Vendors may read the materialized view {place}, which knows no row-level security."
        elif kind == "f":
            yield f"Vendors may read the foreign table {place}, which knows no row-level security."
        elif kind == "v" and not is_invoker:
            yield f"Vendors may read {place}, a view that reads with its owner's rights."
        elif kind == "v" and schema != SHARE:
            yield f"Vendors may read the view {place}, which lies outside the schema {SHARE}."
        elif kind in "rp" and not has_policies:
            yield f"Vendors may read {place}, a table without row-level security."
        elif kind in "rp" and place != f"{ACCESS}.{VENDOR_LOGIN}" and not (schema == MARTS and name in tables):
            yield f"Vendors may read the table {place}, which the protocol does not share: a copy?"


def _policies(connection: Connection, sharing: Sharing) -> Iterator[str]:
    everyone = {f"{MARTS}.{table}" for table in tables_for_everyone(sharing)}
    for table, policy, condition in connection.execute(_POLICIES, {"vendors": VENDORS}):
        if table == f"{ACCESS}.{VENDOR_LOGIN}":
            continue
        if policy != VENDORS_POLICY:
            yield f"The policy {policy} of {table} lets vendors see rows, and no publication made it."
        elif condition == "true" and table not in everyone:
            yield f"The policy of {table} lets every vendor see all rows."


def _roles(connection: Connection) -> Iterator[str]:
    reaching = connection.execute(
        _REACHING
        + """
        select reaching.rolname, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication,
            array(
                select parent.rolname
                from pg_auth_members as link
                inner join pg_roles as parent on parent.oid = link.roleid
                where link.member = reaching.oid and parent.rolname <> %(vendors)s
            )
        from reaching inner join pg_roles as role on role.oid = reaching.oid
        order by 1
        """,
        {"vendors": VENDORS},
    ).fetchall()
    for role, is_powerful, parents in reaching:
        if is_powerful:
            yield f"The role {role} is a superuser, bypasses policies, or may make roles or databases."
        for parent in parents:
            yield f"The role {role} is a member of {parent} too."


def _schemas_and_database(connection: Connection) -> Iterator[str]:
    rows = connection.execute(
        "select nspname, has_schema_privilege(%s, oid, 'CREATE'), has_schema_privilege(%s, oid, 'USAGE')"
        " from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1",
        [VENDORS, VENDORS],
    )
    for schema, creates, uses in rows:
        if creates:
            yield f"Vendors may make objects in the schema {schema}."
        elif uses and schema != SHARE:
            yield f"Vendors may use the schema {schema}."
    row = connection.execute(
        "select has_database_privilege(%s, current_database(), 'TEMPORARY'),"
        " has_database_privilege(%s, current_database(), 'CREATE')",
        [VENDORS, VENDORS],
    ).fetchone()
    for may, what in zip(row or (), ("temporary tables", "schemas"), strict=True):
        if may:
            yield f"Vendors may make {what} in this database."


def _functions(connection: Connection) -> Iterator[str]:
    rows = connection.execute(
        "select procedure.oid::regprocedure::text from pg_proc as procedure"
        " inner join pg_namespace as namespace on namespace.oid = procedure.pronamespace"
        " where procedure.prosecdef and namespace.nspname not in ('pg_catalog', 'information_schema')"
        " and has_function_privilege(%s, procedure.oid, 'EXECUTE') order by 1",
        [VENDORS],
    )
    for (function,) in rows:
        yield f"Vendors may run {function}, which acts with its owner's rights."
