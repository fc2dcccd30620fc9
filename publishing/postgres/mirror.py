"""Makes schema ``marts`` and ``share`` the mirror of a publication, inside a transaction; writes only what differs."""

import hashlib
from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa
from psycopg import Connection, sql

from config.sharing import SharingSettings
from ecosystem.clock import parse_as_of
from publishing.postgres.contract import Column, Table, peer_table, tables_of
from publishing.postgres.load import Loaded, load
from publishing.postgres.names import ACCESS, LOADED, PUBLICATION
from publishing.postgres.share import close_table, open_schemas, open_to_buyers, open_to_vendors, shared_tables
from publishing.postgres.tables import drop_tables, existing_columns, make_constraints, make_table
from publishing.shared_views import SCHEMA
from publishing.sharing import Sharing

ROWS_AT_ONCE = 50_000
_LOADED = sql.Identifier(ACCESS, LOADED)
_PUBLICATION = Table(
    PUBLICATION,
    "Which publication the tables hold: one row.",
    (
        Column("build_id", "text", "The build that was published.", is_required=True),
        Column("as_of", "timestamp without time zone", "The time as of which it was built, UTC.", is_required=True),
        Column("code_hash", "text", "Hash of the dbt project that made it.", is_required=True),
        Column("stale_marts", "bigint", "Marts that depend on a feed that is stale.", is_required=True),
    ),
    ("build_id",),
)


def mirror(
    connection: Connection,
    marts: duckdb.DuckDBPyConnection,
    manifest: Mapping[str, Any],
    settings: SharingSettings,
    sharing: Sharing,
) -> Mapping[str, Loaded]:
    """Bring tables, rows, keys, policies and views to what the publication and the protocol say.

    Args:
        connection: to the serving database, in a transaction that only one publisher is in.
        marts: the publication, as ``shared_views`` gives it.

    Returns:
        The tables that were written, with what was written.
    """
    tables = (*tables_of(manifest["marts"]), *(peer_table(peers) for peers in sharing.peers), _PUBLICATION)
    shared = {name: (columns, condition) for name, columns, condition in shared_tables(sharing)}
    shapes = {table.name: _digest(table.fingerprint, repr(shared.get(table.name))) for table in tables}
    contents = _contents(manifest, sharing, _digest(settings.model_dump_json()))
    known = _known(connection)
    there = existing_columns(connection)
    # Only what a publication made: what somebody else put there is the audit's.
    _remove(connection, sorted(set(known) & set(there) - set(shapes)))
    reshaped = [table for table in tables if known.get(table.name, ("", ""))[0] != shapes[table.name]]
    for table in reshaped:
        if table.name in there:
            close_table(connection, table.name)
        make_table(connection, table, there.get(table.name, {}))
    written = {}
    for table in tables:
        told = (shapes[table.name], contents[table.name])
        if known.get(table.name) != told:
            written[table.name] = load(
                connection, table, _rows(marts, table, manifest, sharing), is_new=table.name not in there
            )
            _remember(connection, table.name, *told)
    if reshaped:
        make_constraints(connection, tables)
        open_schemas(connection)
    for table in reshaped:
        open_to_buyers(connection, table.name)
        if table.name in shared:
            open_to_vendors(connection, table.name, *shared[table.name])
    return written


def forget_shapes(connection: Connection) -> None:
    """Have the next publication make all views and grants anew."""
    connection.execute(sql.SQL("update {} set shape = ''").format(_LOADED))


def _remove(connection: Connection, gone: list[str]) -> None:
    for table in gone:
        close_table(connection, table)
    drop_tables(connection, gone)
    connection.execute(sql.SQL("delete from {} where name = any(%s)").format(_LOADED), [gone])


def _known(connection: Connection) -> dict[str, tuple[str, str]]:
    rows = connection.execute(sql.SQL("select name, shape, content from {}").format(_LOADED))
    return {name: (shape, content) for name, shape, content in rows}


def _remember(connection: Connection, name: str, shape: str, content: str) -> None:
    connection.execute(
        sql.SQL(
            "insert into {} (name, shape, content) values (%s, %s, %s)"
            " on conflict (name) do update set shape = excluded.shape, content = excluded.content"
        ).format(_LOADED),
        [name, shape, content],
    )


def _contents(manifest: Mapping[str, Any], sharing: Sharing, protocol: str) -> Mapping[str, str]:
    """A digest of the rows of each table: the same rows, the same digest."""
    files = {name: mart["sha256"] for name, mart in manifest["marts"].items()}
    peers = {peers.name: _digest(files[peers.mart], protocol) for peers in sharing.peers}
    return files | peers | {PUBLICATION: manifest["build_id"]}


def _rows(
    marts: duckdb.DuckDBPyConnection, table: Table, manifest: Mapping[str, Any], sharing: Sharing
) -> pa.RecordBatchReader:
    if table.name == PUBLICATION:
        row = {
            "build_id": manifest["build_id"],
            "as_of": parse_as_of(manifest["as_of"]).replace(tzinfo=None),
            "code_hash": manifest["code_hash"],
            "stale_marts": sum(mart["is_stale"] for mart in manifest["marts"].values()),
        }
        return pa.Table.from_pylist([row]).to_reader()
    schema = SCHEMA if table.name in {peers.name for peers in sharing.peers} else "publication.main"
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    return marts.sql(f"select {columns} from {schema}.{table.name}").to_arrow_reader(ROWS_AT_ONCE)  # noqa: S608


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
