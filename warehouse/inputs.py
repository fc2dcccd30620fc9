"""What a build is made of: landed batches up to the as-of time, the dbt project's code and seeds, and the feeds'
settings.

The same inputs give the same build id and the same marts.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from config.sources import SourceSettings
from connectors.landing import Batch
from ecosystem.clock import iso

# Folders and files that dbt writes into its own project folder; they are results, not code.
_WRITTEN_BY_DBT = {"target", "logs", "dbt_packages", ".user.yml"}


@dataclass(frozen=True)
class Feed:
    """How one configured entity of one connection stands at the as-of time.

    ``last_complete_at`` is the as-of time (UTC) of the last extraction that ran to its end, None when none did; such a
    feed is stale. ``last_full_rows`` and ``previous_full_rows`` count the rows of the two newest complete full reads.
    """

    system: str
    kind: str
    connection_id: str
    entity: str
    last_complete_at: datetime | None
    stale_after_hours: float
    is_stale: bool
    last_full_rows: int | None
    previous_full_rows: int | None


@dataclass(frozen=True)
class Inputs:
    """Everything a build depends on."""

    as_of: datetime
    code_hash: str
    batches: tuple[Batch, ...]
    feeds: tuple[Feed, ...]

    @property
    def build_id(self) -> str:
        """The as-of time to the second and twelve hexadecimal digits of everything the build depends on."""
        settings = [
            [feed.system, feed.kind, feed.connection_id, feed.entity, feed.stale_after_hours] for feed in self.feeds
        ]
        content = json.dumps(
            [iso(self.as_of), self.code_hash, sorted(batch.batch_id for batch in self.batches), settings]
        )
        return f"{self.as_of:%Y%m%dT%H%M%SZ}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def gather(as_of: datetime, project: Path, batches: Iterable[Batch], sources: Sequence[SourceSettings]) -> Inputs:
    """The inputs of a build as known at ``as_of``; a batch extracted at that very instant is known."""
    visible = tuple(batch for batch in batches if batch.extracted_at <= as_of)
    return Inputs(as_of, code_hash(project), visible, feeds(visible, sources, as_of))


def code_hash(project: Path) -> str:
    """SHA-256 over names and contents of the dbt project's files, seeds included."""
    digest = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        parts = path.relative_to(project).parts
        if path.is_file() and not _WRITTEN_BY_DBT.intersection(parts) and "__pycache__" not in parts:
            content = path.read_bytes()
            digest.update(f"{'/'.join(parts)}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def feeds(batches: Iterable[Batch], sources: Sequence[SourceSettings], as_of: datetime) -> tuple[Feed, ...]:
    """One feed for each configured entity, landed or not, sorted by system, connection and entity."""
    landed: dict[tuple[str, str, str], list[Batch]] = defaultdict(list)
    for batch in batches:
        landed[batch.system, batch.connection_id, batch.entity].append(batch)
    found = [
        _feed(source, entity, landed[source.system, source.connection_id, entity], as_of)
        for source in sources
        for entity in source.entities
    ]
    return tuple(sorted(found, key=lambda feed: (feed.system, feed.connection_id, feed.entity)))


def _feed(source: SourceSettings, entity: str, batches: list[Batch], as_of: datetime) -> Feed:
    completed_at = [batch.extracted_at for batch in batches if batch.is_last]
    last_complete_at = max(completed_at, default=None)
    full_reads = _full_reads(batches)
    return Feed(
        system=source.system,
        kind=source.kind,
        connection_id=source.connection_id,
        entity=entity,
        last_complete_at=last_complete_at,
        stale_after_hours=float(source.stale_after_hours),
        is_stale=last_complete_at is None
        or as_of - last_complete_at > timedelta(hours=float(source.stale_after_hours)),
        last_full_rows=full_reads[-1] if full_reads else None,
        previous_full_rows=full_reads[-2] if len(full_reads) > 1 else None,
    )


def _full_reads(batches: list[Batch]) -> list[int]:
    """Rows of each complete full read, oldest first. A run that died before its last batch is not one."""
    rows: dict[str, int] = defaultdict(int)
    ended: dict[str, tuple[datetime, int]] = {}
    for batch in batches:
        if batch.mode == "full":
            rows[batch.run_id] += batch.row_count
            if batch.is_last:
                ended[batch.run_id] = (batch.extracted_at, batch.sequence)
    return [rows[run_id] for run_id in sorted(ended, key=ended.__getitem__)]
