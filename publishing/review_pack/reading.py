"""Reads the current publication: each mart once, for all vendors that get a pack."""

# ruff: noqa: S608 - the SQL is put together from this package's own table of reads and a quoted path

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from config.sharing import SharingSettings, load_sharing
from ecosystem.clock import parse_as_of
from ecosystem.errors import EcosystemError, UsageError
from publishing.manifest import read_manifest
from publishing.review_pack.quarter import Quarter
from publishing.review_pack.reads import DEFINITIONS, HISTORY_QUARTERS, READS, VENDOR, Read
from publishing.review_pack.rows import Row, VendorRows
from publishing.sharing import SharedRelation, Sharing, sharing_of
from publishing.tables import quoted


@dataclass(frozen=True)
class Feed:
    """How fresh a kind of source is: the oldest of its feeds. ``last_complete_at`` (UTC) is None before the first."""

    kind: str
    last_complete_at: datetime | None
    stale: tuple[str, ...]


@dataclass(frozen=True)
class Publication:
    """What all packs are made from. ``as_of`` is UTC."""

    folder: Path
    build_id: str
    as_of: datetime
    manifest: Mapping[str, Any]

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """The sources by kind; the program's own records are none."""
        kinds: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for feed in self.manifest["feeds"]:
            if feed["kind"] != "own":
                kinds[feed["kind"]].append(feed)
        return tuple(_feed(kind, feeds) for kind, feeds in sorted(kinds.items()))

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to its DuckDB file, read-only and in UTC."""
        file = self.folder / str(self.manifest["duckdb"]["file"])
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"attach {quoted(str(file))} as publication (read_only)")
            yield connection

    def table(self, mart: str) -> str:
        """The mart's table in that connection.

        Raises:
            EcosystemError: the publication has no such mart.
        """
        if mart not in self.manifest["marts"]:
            raise EcosystemError(
                f"The publication {self.build_id} has no mart {mart}, which review packs need: build and publish again."
            )
        return f"publication.main.{mart}"


def open_publication(current: Path) -> Publication:
    """The publication that the link names now; the link is followed once.

    Raises:
        EcosystemError: nothing is published, or its manifest cannot be read.
    """
    if not current.exists():
        raise EcosystemError(f"Nothing is published at {current}: run 'ecosystem publish' first.")
    folder = current.resolve()
    manifest = read_manifest(folder)
    return Publication(folder, manifest["build_id"], parse_as_of(manifest["as_of"]), manifest)


def reviewed_vendors(publication: Publication, vendor_key: str | None = None) -> tuple[str, ...]:
    """The keys of the vendors that get a pack: the strategic ones, or the one asked for.

    Raises:
        UsageError: there is no such vendor, or it is not strategic.
    """
    with publication.open() as connection:
        found = dict(
            connection.execute(
                f"select vendor_key, coalesce(is_strategic, false) from {publication.table(VENDOR.mart)}"
                " order by vendor_key"
            ).fetchall()
        )
    if vendor_key is None:
        return tuple(key for key, is_strategic in found.items() if is_strategic)
    if vendor_key not in found:
        raise UsageError(f"There is no vendor '{vendor_key}' in the publication: give a vendor_key of dim_vendor.")
    if not found[vendor_key]:
        raise UsageError(f"The vendor '{vendor_key}' is not strategic: review packs are made for strategic vendors.")
    return (vendor_key,)


@dataclass(frozen=True)
class Shared:
    """What vendors may see of a publication: ``config/sharing.yml`` as it applies to it."""

    settings: SharingSettings
    sharing: Sharing

    def of(self, mart: str) -> SharedRelation | None:
        """What is shared of the mart; nothing where it is not."""
        return self.sharing.relation(mart)


def shared_with_vendors(publication: Publication) -> Shared:
    """The sharing protocol, checked against the publication.

    Raises:
        UsageError: the protocol is missing, not valid, or names what is not published.
    """
    settings = load_sharing()
    return Shared(settings, sharing_of(settings, publication.manifest["marts"]))


def read_vendors(
    publication: Publication, quarter: Quarter, vendor_keys: Sequence[str], shared: Shared | None = None
) -> Mapping[str, VendorRows]:
    """The rows of these vendors that a pack of the quarter may need: all, or only what is shared with vendors."""
    days = {
        "first": quarter.first_day,
        "next": quarter.after(1).first_day,
        "history": quarter.after(1 - HISTORY_QUARTERS).first_day,
    }
    by_vendor: dict[str, dict[str, tuple[Row, ...]]] = {key: {} for key in vendor_keys}
    visible: dict[str, frozenset[str]] = {}
    with publication.open() as connection:
        for read in READS:
            columns, condition = _visible(read, shared)
            if not columns:
                continue
            visible[read.mart] = frozenset(columns)
            used = {name: day for name, day in days.items() if f"${name}" in read.rows}
            result = connection.execute(
                f"select vendor_key, {', '.join(columns)} from {publication.table(read.mart)}"
                f" where vendor_key in (select unnest($keys)) and ({read.rows}) and ({condition})"
                f" order by {read.order}",
                {"keys": list(vendor_keys), **used},
            )
            found: dict[str, list[Row]] = defaultdict(list)
            for key, *values in result.fetchall():
                found[key].append(dict(zip(columns, values, strict=True)))
            for key in vendor_keys:
                by_vendor[key][read.mart] = tuple(found[key])
    withheld = {mart: own.withheld for mart, own in shared.settings.own_rows.items()} if shared else {}
    return {key: VendorRows(key, visible, rows, withheld) for key, rows in by_vendor.items()}


def read_definitions(publication: Publication, shared: Shared | None = None) -> Mapping[str, Row]:
    """By id, the newest version of each definition: all numbers of a publication are made by it.

    None where definitions are not shared whole.
    """
    if _visible(DEFINITIONS, shared)[0] != DEFINITIONS.columns:
        return {}
    with publication.open() as connection:
        result = connection.execute(
            f"select {', '.join(DEFINITIONS.columns)} from {publication.table(DEFINITIONS.mart)}"
            f" order by {DEFINITIONS.order}"
        )
        names = [column[0] for column in result.description]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    return {row["definition_id"]: row for row in rows}


def _visible(read: Read, shared: Shared | None) -> tuple[tuple[str, ...], str]:
    """The columns of a read that the reader may see, in order, and the condition that rows withheld do not meet."""
    own = tuple(name for name in read.columns if name != "vendor_key")
    if shared is None:
        return own, "true"
    relation = shared.of(read.mart)
    if relation is None:
        return (), "false"
    return tuple(name for name in own if name in relation.columns), relation.condition


def _feed(kind: str, feeds: Sequence[Mapping[str, Any]]) -> Feed:
    times = [feed["last_complete_at"] for feed in feeds]
    oldest = None if None in times else min(parse_as_of(time) for time in times).astimezone(UTC)
    return Feed(kind, oldest, tuple(sorted(feed["entity"] for feed in feeds if feed["is_stale"])))
