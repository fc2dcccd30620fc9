"""Where the rows of a page's readers stand: all columns for buyers, for vendors what is shared with them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from config.sharing import SharingSettings
from publishing.manifest import read_manifest
from publishing.shared_views import SCHEMA, shared_views
from publishing.site.vendor_page.marts import READS


@dataclass(frozen=True)
class Relations:
    """Tables and views by mart, as SQL names them; those of ``peers`` have a category instead of a vendor.

    ``for_everyone`` are those whose rows stand in every vendor's own site.
    """

    marts: Mapping[str, str]
    peers: Mapping[str, str]
    for_everyone: Mapping[str, str]


@dataclass(frozen=True)
class Readable:
    """A connection to one publication, with the relations of both kinds of readers."""

    connection: duckdb.DuckDBPyConnection
    manifest: Mapping[str, Any]
    buyers: Relations
    vendors: Relations


@contextmanager
def readable(publication: Path, settings: SharingSettings) -> Iterator[Readable]:
    """Open a publication's folder for pages. Peers are told to buyers as to vendors: by the sharing protocol.

    Raises:
        UsageError: the protocol names what is not published.
        EcosystemError: the publication has no manifest.
    """
    with shared_views(publication, settings) as (connection, sharing):
        peers = {one.name: f"{SCHEMA}.{one.name}" for one in sharing.peers}
        own = {one.mart for one in sharing.relations if one.is_own}
        everyone = {one.mart: f"{SCHEMA}.{one.mart}" for one in sharing.relations if not one.is_own}
        yield Readable(
            connection,
            read_manifest(publication),
            Relations({read.mart: f"publication.main.{read.mart}" for read in READS}, peers, {}),
            Relations({read.mart: f"{SCHEMA}.{read.mart}" for read in READS if read.mart in own}, peers, everyone),
        )
