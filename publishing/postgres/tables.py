"""Makes the tables of the schema ``marts`` what the contracts say, inside the publication's transaction.

A table that is there is altered and never made anew: a reader whose transaction began before would find a new table
empty.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from psycopg import Connection, sql

from publishing.postgres.contract import Table
from publishing.postgres.names import MARTS
from publishing.sharing import KEY


def existing_columns(connection: Connection) -> Mapping[str, Mapping[str, str]]:
    """The tables of the schema ``marts``, each with its columns and their types."""
    found: dict[str, dict[str, str]] = {}
    rows = connection.execute(
        """
        select class.relname, attribute.attname, format_type(attribute.atttypid, attribute.atttypmod)
        from pg_class as class
        inner join pg_attribute as attribute on attribute.attrelid = class.oid
        where class.relnamespace = %s::regnamespace and class.relkind = 'r' and attribute.attnum > 0
            and not attribute.attisdropped
        """,
        [MARTS],
    )
    for table, column, type_ in rows:
        found.setdefault(table, {})[column] = type_
    return found


def make_table(connection: Connection, table: Table, there: Mapping[str, str]) -> None:
    """Create the table, or alter the one that has the columns ``there``; comments and row-level security included."""
    name = _name(table)
    if not there:
        columns = [sql.SQL("{} {}").format(sql.Identifier(one.name), sql.SQL(one.type)) for one in table.columns]
        connection.execute(sql.SQL("create table {} ({})").format(name, sql.SQL(", ").join(columns)))
    else:
        for change in _column_changes(table, there):
            connection.execute(sql.SQL("alter table {} {}").format(name, change))
    # No policy lets nobody but the owner in: a table is closed until somebody is let in.
    connection.execute(sql.SQL("alter table {} enable row level security").format(name))
    connection.execute(sql.SQL("comment on table {} is {}").format(name, table.description))
    for column in table.columns:
        place = sql.SQL("{}.{}").format(name, sql.Identifier(column.name))
        connection.execute(sql.SQL("comment on column {} is {}").format(place, column.description))


def _column_changes(table: Table, there: Mapping[str, str]) -> Iterator[sql.Composable]:
    wanted = {column.name: column.type for column in table.columns}
    for column in there:
        if wanted.get(column) != there[column]:
            yield sql.SQL("drop column {} cascade").format(sql.Identifier(column))
    for column in wanted:
        if there.get(column) != wanted[column]:
            yield sql.SQL("add column {} {}").format(sql.Identifier(column), sql.SQL(wanted[column]))


def make_constraints(connection: Connection, tables: Sequence[Table]) -> None:
    """Give the loaded tables their keys, foreign keys and the index of the vendor; those that no contract has go.

    Foreign keys are checked when the transaction ends, so that the order of loading does not matter.
    """
    there = _existing_constraints(connection)
    wanted = {(table.name, name): what for table in tables for name, what in _constraints(table)}
    for owner, name in sorted(there - set(wanted), reverse=True):
        connection.execute(
            sql.SQL("alter table {}.{} drop constraint if exists {} cascade").format(
                sql.Identifier(MARTS), sql.Identifier(owner), sql.Identifier(name)
            )
        )
    # Keys come before the foreign keys that need them.
    for kind in ("_key_", "_fk_"):
        for (owner, name), what in sorted(wanted.items(), key=lambda one: one[0]):
            if kind in name and (owner, name) not in there:
                connection.execute(
                    sql.SQL("alter table {}.{} add constraint {} {}").format(
                        sql.Identifier(MARTS), sql.Identifier(owner), sql.Identifier(name), what
                    )
                )
    for table in tables:
        if any(column.name == KEY for column in table.columns) and table.key[:1] != (KEY,):
            connection.execute(
                sql.SQL("create index if not exists {} on {} ({})").format(
                    sql.Identifier(f"{table.name}_vendor"), _name(table), sql.Identifier(KEY)
                )
            )


def _constraints(table: Table) -> Iterator[tuple[str, sql.Composable]]:
    """Each constraint with a name that tells its content, so that an equal one is left as it is."""
    key = sql.SQL(", ").join(map(sql.Identifier, table.key))
    kind = "unique nulls not distinct" if table.nullable_key else "primary key"
    yield _named(table, "key", sql.SQL("{} ({})").format(sql.SQL(kind), key))
    for foreign in table.foreign_keys:
        reference = sql.SQL("foreign key ({}) references {}.{} ({}) deferrable initially deferred").format(
            *map(sql.Identifier, (foreign.column, MARTS, foreign.table, foreign.field))
        )
        yield _named(table, "fk", reference)


def _named(table: Table, kind: str, what: sql.Composable) -> tuple[str, sql.Composable]:
    digest = hashlib.sha256(what.as_string().encode()).hexdigest()[:8]
    return f"{table.name[:40]}_{kind}_{digest}", what


def _existing_constraints(connection: Connection) -> set[tuple[str, str]]:
    rows = connection.execute(
        "select class.relname, conname from pg_constraint"
        " inner join pg_class as class on class.oid = conrelid"
        " where connamespace = %s::regnamespace and contype in ('p', 'u', 'f')",
        [MARTS],
    )
    return {(table, name) for table, name in rows}


def drop_tables(connection: Connection, names: Sequence[str]) -> None:
    """Remove the tables of marts that are published no more."""
    for name in names:
        connection.execute(sql.SQL("drop table {}.{} cascade").format(sql.Identifier(MARTS), sql.Identifier(name)))


def _name(table: Table) -> sql.Composable:
    return sql.Identifier(MARTS, table.name)
