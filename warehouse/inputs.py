"""What a build is made of: landed batches up to the as-of time, the dbt project's code and seeds, and the feeds'
settings.

The same inputs give the same build id and the same marts.
"""

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from config.sources import SourceSettings
from connectors.ecosystem import own_records
from connectors.ecosystem.entities import ENTITIES as OWN_ENTITIES
from connectors.ecosystem.entities import PUBLISHED_BATCH
from connectors.landing import Batch
from ecosystem.clock import iso

# The seeds whose rows hold for tables that an increment goes on from, each from its own day on.
_SETTINGS = ("seed_kpi_setting.csv", "seed_alert_threshold.csv", "seed_vendor_rule.csv")
# Folders and files that dbt writes into its own project folder; they are results, not code.
_WRITTEN_BY_DBT = {"target", "logs", "dbt_packages", ".user.yml"}


@dataclass(frozen=True)
class Feed:
    """How one configured entity of one connection stands at the as-of time.

    ``last_complete_at`` is the as-of time (UTC) of the last extraction that ran to its end, None when none did; such a
    feed is stale. ``last_full_rows`` and ``previous_full_rows`` count the rows of the two newest complete full reads.
    Own records have no age from which they count as stale: ``stale_after_hours`` is None.
    """

    system: str
    kind: str
    connection_id: str
    entity: str
    last_complete_at: datetime | None
    stale_after_hours: float | None
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
    found = (*feeds(visible, sources, as_of), *own_feeds(visible))
    return Inputs(as_of, code_hash(project), visible, found)


def known_by(as_of: datetime, batches: Sequence[Batch], first_published: Mapping[str, datetime]) -> tuple[Batch, ...]:
    """The batches that a publication as of ``as_of`` was, or would have been, made from.

    A batch is known from the clock of its run on, unless a publication of that time or later was made without it: then
    it landed late, and is known from the publication on that had it first.

    Args:
        first_published: as-of time of the first publication that showed each batch, by batch id.
    """
    published = sorted(set(first_published.values()))

    def is_known(batch: Batch) -> bool:
        if batch.extracted_at > as_of:
            return False
        if _records_publications(batch):
            return True
        shown = first_published.get(batch.batch_id)
        without = [time for time in published if batch.extracted_at <= time and (shown is None or time < shown)]
        if not without:
            return True
        return as_of > without[-1] if shown is None else as_of >= shown

    return tuple(batch for batch in batches if is_known(batch))


def _records_publications(batch: Batch) -> bool:
    """Such a batch is in no list of batches, as the list is what it holds."""
    return (batch.system, batch.entity) == (own_records.SYSTEM, PUBLISHED_BATCH.name)


def code_hash(project: Path) -> str:
    """SHA-256 over names and contents of the dbt project's files, seeds included, and the engine's release."""
    # tables of an increment carry hashes that another release of the engine may count otherwise
    digest = hashlib.sha256(duckdb.__version__.encode())
    for path in sorted(project.rglob("*")):
        parts = path.relative_to(project).parts
        if path.is_file() and not _WRITTEN_BY_DBT.intersection(parts) and "__pycache__" not in parts:
            content = path.read_bytes()
            digest.update(f"{'/'.join(parts)}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def unchanged_staging(project: Path, new: Iterable[Batch]) -> tuple[str, ...]:
    """The staging models that new batches bring no row: a version table is a function of its entity's batches alone."""
    staged = {path.stem for path in (project / "models" / "staging").rglob("stg_*__*.sql")}
    return tuple(sorted(staged - {f"stg_{batch.system}__{batch.entity}" for batch in new if batch.row_count}))


def first_valid(project: Path, after: date, until: date) -> date | None:
    """The earliest day later than ``after`` and up to ``until`` from which a setting or threshold is valid: it changes
    what was counted before, so that nothing built before that day can be gone on from."""
    days = set()
    for name in _SETTINGS:
        path = project / "seeds" / name
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                days |= {date.fromisoformat(row["valid_from"]) for row in csv.DictReader(file)}
    return min((day for day in days if after < day <= until), default=None)


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


def own_feeds(batches: Sequence[Batch]) -> tuple[Feed, ...]:
    """One feed for each kind of own record, sorted by entity. Never stale: they tell of what happened, when it did."""
    return tuple(
        Feed(
            system=own_records.SYSTEM,
            kind=own_records.KIND,
            connection_id=own_records.CONNECTION,
            entity=entity.name,
            last_complete_at=max(
                (
                    batch.extracted_at
                    for batch in batches
                    if (batch.system, batch.entity) == (own_records.SYSTEM, entity.name)
                ),
                default=None,
            ),
            stale_after_hours=None,
            is_stale=False,
            last_full_rows=None,
            previous_full_rows=None,
        )
        for entity in sorted(OWN_ENTITIES, key=lambda entity: entity.name)
    )


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
