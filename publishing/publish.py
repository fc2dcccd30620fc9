"""Makes a build that the gate let pass the publication that readers see.

A publication is a folder that appears whole under its build id and is made current by swapping one link. Whenever this
dies, readers see a complete publication: the one before or the new one. A process that keeps a file open keeps the
publication it opened.
"""

import json
import logging
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from connectors.ecosystem.publications import first_publications
from ecosystem.clock import iso
from ecosystem.errors import EcosystemError, GateBlocked
from ecosystem.locks import exclusive
from ecosystem.paths import Home
from publishing.lineage import UNDESCRIBED, Mart, read_marts
from publishing.manifest import FILE_NAME, read_manifest, sha256
from publishing.own_records import first_published, land_own_records
from publishing.tables import columns, quoted, write_duckdb_file, write_parquet

logger = logging.getLogger(__name__)

KEPT = 3
DUCKDB_FILE = "ecosystem.duckdb"
# Folders being written or removed; their names are no build ids and nobody reads them.
_UNFINISHED = ".unfinished-"


@dataclass(frozen=True)
class Publication:
    """What readers see now.

    ``marts`` has the rows of each; ``stale_marts`` those that depend on a feed that is stale; ``reused`` says that the
    build was published already and nothing was written.
    """

    build_id: str
    as_of: datetime
    folder: Path
    marts: Mapping[str, int]
    stale_marts: tuple[str, ...]
    reused: bool
    seconds: float


def publish(home: Home) -> Publication:
    """Publish the build in the warehouse file under ``published/builds/<build id>`` and make it current.

    Publishing the same build again writes nothing. The last three publications are kept.

    Raises:
        GateBlocked: the gate did not let this build pass; the former publication stays.
        EcosystemError: there is no complete build, the gate has not seen it, or another process holds the warehouse.
    """
    started = time.monotonic()
    builds = home.published / "builds"
    builds.mkdir(parents=True, exist_ok=True)
    with exclusive("publish", home):
        _remove_unfinished(builds)
        # A publish that was killed may not have told what it published; afterwards nobody could.
        land_own_records(home)
        with exclusive("warehouse", home), _warehouse(home.warehouse_file) as connection:
            build = _build(connection, home.warehouse_file)
            decision = _decision(home, build.build_id)
            folder = builds / build.build_id
            reused = folder.is_dir()
            if not reused:
                marts = read_marts(home.warehouse_dir / "dbt" / "manifest.json")
                new_batches = first_published(connection, first_publications(home))
                _write(connection, marts, build, decision, new_batches, folder)
        _make_current(home, folder)
        _remove_old(builds, folder)
        land_own_records(home)
    manifest = read_manifest(folder)
    publication = Publication(
        build_id=build.build_id,
        as_of=build.as_of,
        folder=folder,
        marts={name: mart["rows"] for name, mart in manifest["marts"].items()},
        stale_marts=tuple(name for name, mart in manifest["marts"].items() if mart["is_stale"]),
        reused=reused,
        seconds=round(time.monotonic() - started, 3),
    )
    logger.info("%s publication %s", "kept" if reused else "wrote", build.build_id)
    return publication


def _warehouse(file: Path) -> duckdb.DuckDBPyConnection:
    if not file.exists():
        raise EcosystemError(f"There is no warehouse file {file}: run 'ecosystem build' first.")
    connection = duckdb.connect()
    try:
        connection.execute(f"attach {quoted(str(file))} as warehouse (read_only)")
    except duckdb.Error as error:
        connection.close()
        reason = str(error).splitlines()[0]
        raise EcosystemError(
            f"The warehouse file {file} cannot be read ({reason}): end the process that has it open."
        ) from error
    return connection


@dataclass(frozen=True)
class _Build:
    """The build in the warehouse file."""

    build_id: str
    as_of: datetime
    code_hash: str


def _build(connection: duckdb.DuckDBPyConnection, file: Path) -> _Build:
    try:
        row = connection.execute(
            "select build_id, as_of, code_hash, is_complete from warehouse.control.build"
        ).fetchone()
    except duckdb.CatalogException:
        row = None
    if row is None or not row[3]:
        raise EcosystemError(f"The warehouse file {file} holds no complete build: run 'ecosystem build' again.")
    return _Build(row[0], row[1].replace(tzinfo=UTC), row[2])


def _decision(home: Home, build_id: str) -> Mapping[str, Any]:
    file = home.gate_dir / f"{build_id}.json"
    if not file.is_file():
        raise EcosystemError(
            f"The gate has not seen build {build_id}: run 'ecosystem gate' before 'ecosystem publish'."
        )
    decision: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if decision["passed"] is not True:
        raise GateBlocked(
            f"The gate blocked build {build_id}, so the former publication stays; {file} says why: "
            + " ".join(finding["sentence"] for finding in decision["blocking"])
        )
    return decision


def _write(
    connection: duckdb.DuckDBPyConnection,
    marts: Sequence[Mart],
    build: _Build,
    decision: Mapping[str, Any],
    new_batches: Sequence[Mapping[str, Any]],
    folder: Path,
) -> None:
    """All files under a temporary name, flushed; then one rename."""
    unfinished = folder.with_name(f"{_UNFINISHED}{build.build_id}")
    unfinished.mkdir()
    feeds = _feeds(connection)
    described = {}
    for mart in marts:
        table = f"warehouse.marts.{mart.name}"
        file = unfinished / f"{mart.name}.parquet"
        rows = write_parquet(connection, table, file)
        stale = _stale_feeds(mart, feeds)
        described[mart.name] = {
            "file": file.name,
            "rows": rows,
            "sha256": sha256(file),
            "area": mart.area,
            "description": mart.description,
            "primary_key": list(mart.key),
            "references": [asdict(reference) for reference in mart.references],
            "columns": [
                {**column, **mart.columns.get(column["name"], UNDESCRIBED)} for column in columns(connection, table)
            ],
            "is_stale": bool(stale),
            "stale_feeds": stale,
        }
    database = unfinished / DUCKDB_FILE
    sources = {mart.name: (f"warehouse.marts.{mart.name}", mart.description) for mart in marts}
    write_duckdb_file(connection, sources, database)
    content = {
        "build_id": build.build_id,
        "as_of": iso(build.as_of),
        "created_at": iso(build.as_of),
        "code_hash": build.code_hash,
        "marts": described,
        "duckdb": {"file": database.name, "sha256": sha256(database)},
        "gate": {
            "passed": decision["passed"],
            "checks": len(decision["checks"]),
            "warnings": [finding["sentence"] for finding in decision["warnings"]],
        },
        "feeds": feeds,
        "first_published": list(new_batches),
    }
    (unfinished / FILE_NAME).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    for path in sorted(unfinished.iterdir()):
        _flush(path)
    _flush(unfinished)
    unfinished.rename(folder)
    _flush(folder.parent)


def _feeds(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    result = connection.execute("select * from warehouse.control.feed order by system, connection_id, entity")
    names = [column[0] for column in result.description]
    return [
        {
            name: iso(value.replace(tzinfo=UTC)) if isinstance(value, datetime) else value
            for name, value in zip(names, row, strict=True)
        }
        for row in result.fetchall()
    ]


def _stale_feeds(mart: Mart, feeds: Sequence[Mapping[str, Any]]) -> list[str]:
    """The stale ones among the feeds that the mart is made from, as ``connection_id.entity``."""
    needed = mart.feeds((feed["system"], feed["entity"]) for feed in feeds)
    return [
        f"{feed['connection_id']}.{feed['entity']}"
        for feed in feeds
        if feed["is_stale"] and (feed["system"], feed["entity"]) in needed
    ]


def _make_current(home: Home, folder: Path) -> None:
    target = Path("builds") / folder.name
    if home.current.is_symlink() and home.current.readlink() == target:
        return
    link = home.published / f"{_UNFINISHED}current"
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    link.replace(home.current)
    _flush(home.published)


def _remove_old(builds: Path, current: Path) -> None:
    """Keep the current one and the newest others; renamed first, so that half a folder never bears a build id."""
    others = [folder for folder in builds.iterdir() if folder != current and not folder.name.startswith(_UNFINISHED)]
    for folder in sorted(others, key=lambda path: (path / FILE_NAME).stat().st_mtime_ns, reverse=True)[KEPT - 1 :]:
        removed = folder.with_name(f"{_UNFINISHED}{folder.name}")
        folder.rename(removed)
        shutil.rmtree(removed)


def _remove_unfinished(builds: Path) -> None:
    for folder in builds.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(folder)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
