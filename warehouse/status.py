"""How things stand: each feed, the last build, the last decision of the gate, and what readers see. Writes nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from config.sources import load_sources
from connectors.landing import list_batches
from ecosystem.clock import iso, parse_as_of
from ecosystem.errors import EcosystemError
from ecosystem.paths import Home
from warehouse import control
from warehouse.inputs import feeds, own_feeds


@dataclass(frozen=True)
class FeedStatus:
    """One configured entity of a connection. Instants are UTC; None: never."""

    connection_id: str
    entity: str
    batches: int
    rows: int
    last_batch_at: datetime | None
    last_complete_at: datetime | None
    is_stale: bool


@dataclass(frozen=True)
class BuildStatus:
    """The build in the warehouse file."""

    build_id: str
    as_of: datetime
    is_complete: bool


@dataclass(frozen=True)
class GateStatus:
    """The gate's newest decision."""

    build_id: str
    as_of: datetime
    passed: bool
    blocking: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class PublicationStatus:
    """The publication that readers see; ``marts`` has the rows of each."""

    build_id: str
    as_of: datetime
    folder: Path
    marts: Mapping[str, int]
    stale_marts: tuple[str, ...]


@dataclass(frozen=True)
class Status:
    """All of it at one time. ``warehouse_problem`` says why the build is unknown, such as that one is running."""

    as_of: datetime
    feeds: tuple[FeedStatus, ...]
    build: BuildStatus | None
    warehouse_problem: str | None
    gate: GateStatus | None
    publication: PublicationStatus | None


def status(home: Home, as_of: datetime) -> Status:
    """Look at the landing zone, the warehouse, the gate and the publication; ``as_of`` (UTC) judges the feeds."""
    build, problem = _build(home)
    return Status(as_of, _feeds(home, as_of), build, problem, _gate(home), _publication(home))


def render(now: Status) -> str:
    """The status as a page of text."""
    lines = [f"as of {iso(now.as_of)}", "", "feeds"]
    for feed in now.feeds:
        freshness = "never complete" if feed.last_complete_at is None else f"complete {iso(feed.last_complete_at)}"
        mark = ", STALE" if feed.is_stale else ""
        name = f"{feed.connection_id}.{feed.entity}"
        lines.append(f"  {name:<45} {feed.rows:>12,} rows in {feed.batches:>4} batches, {freshness}{mark}")
    lines.append("")
    if now.build:
        lines.append(
            f"build        {now.build.build_id}{'' if now.build.is_complete else ' (incomplete: build again)'}"
        )
    else:
        lines.append(f"build        {now.warehouse_problem or 'none yet'}")
    if now.gate:
        lines.append(f"gate         {now.gate.build_id} {'passed' if now.gate.passed else 'BLOCKED'}")
        lines += [f"  {sentence}" for sentence in (*now.gate.blocking, *now.gate.warnings)]
    else:
        lines.append("gate         has seen no build yet")
    if now.publication:
        marts = ", ".join(f"{name} {rows:,}" for name, rows in now.publication.marts.items())
        lines.append(f"publication  {now.publication.build_id} in {now.publication.folder}")
        lines.append(f"  rows: {marts}")
        if now.publication.stale_marts:
            lines.append(f"  made from a stale feed: {', '.join(now.publication.stale_marts)}")
    else:
        lines.append("publication  none yet")
    return "\n".join(lines)


def _feeds(home: Home, as_of: datetime) -> tuple[FeedStatus, ...]:
    batches = [batch for batch in list_batches(home.landing) if batch.extracted_at <= as_of]
    found = []
    for feed in (*feeds(batches, load_sources(), as_of), *own_feeds(batches)):
        own = [
            batch
            for batch in batches
            if (batch.system, batch.connection_id, batch.entity) == (feed.system, feed.connection_id, feed.entity)
        ]
        found.append(
            FeedStatus(
                connection_id=feed.connection_id,
                entity=feed.entity,
                batches=len(own),
                rows=sum(batch.row_count for batch in own),
                last_batch_at=max((batch.extracted_at for batch in own), default=None),
                last_complete_at=feed.last_complete_at,
                is_stale=feed.is_stale,
            )
        )
    return tuple(found)


def _build(home: Home) -> tuple[BuildStatus | None, str | None]:
    if not home.warehouse_file.exists():
        return None, None
    try:
        with control.connected(home.warehouse_file, read_only=True) as connection:
            state = control.read_state(connection)
    except EcosystemError as error:
        return None, str(error)
    return (BuildStatus(state.build_id, state.as_of, state.is_complete), None) if state else (None, None)


def _gate(home: Home) -> GateStatus | None:
    results = sorted(home.gate_dir.glob("*Z-*.json"), key=lambda path: path.stat().st_mtime_ns)
    if not results:
        return None
    content = _json(results[-1])
    return GateStatus(
        build_id=content["build_id"],
        as_of=parse_as_of(content["as_of"]),
        passed=content["passed"],
        blocking=tuple(finding["sentence"] for finding in content["blocking"]),
        warnings=tuple(finding["sentence"] for finding in content["warnings"]),
    )


def _publication(home: Home) -> PublicationStatus | None:
    if not home.current.exists():
        return None
    folder = home.current.resolve()
    manifest = _json(folder / "manifest.json")
    return PublicationStatus(
        build_id=manifest["build_id"],
        as_of=parse_as_of(manifest["as_of"]),
        folder=folder,
        marts={name: mart["rows"] for name, mart in manifest["marts"].items()},
        stale_marts=tuple(name for name, mart in manifest["marts"].items() if mart["is_stale"]),
    )


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
