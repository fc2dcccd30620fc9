"""A publication as vendors may see it: views in DuckDB of the shared columns and rows, and the figures of peers."""

# ruff: noqa: S608 - the SQL is put together from names of marts and columns that the publication holds

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from config.sharing import SharingSettings
from publishing.manifest import read_manifest
from publishing.sharing import GROUP, KEY, Sharing, sharing_of
from publishing.tables import quoted

SCHEMA = "share"


@contextmanager
def shared_views(publication: Path, settings: SharingSettings) -> Iterator[tuple[duckdb.DuckDBPyConnection, Sharing]]:
    """A connection whose schema ``share`` has a view for each shared mart, of all vendors, and the tables of peers.

    ``publication`` is the folder of one; the connection has it attached as ``publication``, read-only.

    Raises:
        UsageError: the protocol names what is not published.
        EcosystemError: the publication has no manifest.
    """
    manifest = read_manifest(publication)
    sharing = sharing_of(settings, manifest["marts"])
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {quoted(str(publication / manifest['duckdb']['file']))} as publication (read_only)")
        connection.execute(f"create schema {SCHEMA}")
        for relation in sharing.relations:
            connection.execute(
                f"create view {SCHEMA}.{relation.mart} as select {', '.join(relation.columns)}"
                f" from publication.main.{relation.mart} where {relation.condition}"
            )
        for peers in sharing.peers:
            query = peers.query.format(mart=f"publication.main.{peers.mart}")
            connection.execute(f"create table {SCHEMA}.{peers.name} as {query}")
        yield connection, sharing


def vendor_queries(sharing: Sharing, vendor_key: str) -> Mapping[str, str]:
    """For each relation of the schema ``share`` the query of the rows that this vendor sees."""
    key = quoted(vendor_key)
    group = f"(select {GROUP} from publication.main.dim_vendor where {KEY} = {key})"
    queries = {
        relation.mart: f"select * from {SCHEMA}.{relation.mart}" + (f" where {KEY} = {key}" if relation.is_own else "")
        for relation in sharing.relations
    }
    peers = {peers.name: f"select * from {SCHEMA}.{peers.name} where {GROUP} = {group}" for peers in sharing.peers}
    return queries | peers
