"""One extract: from where the landed batches end to what the source has now, landed in batches."""

import importlib
import logging
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Protocol, cast
from uuid import uuid4

from config.sources import SourceSettings
from connectors import pseudonym
from connectors.connection import Connection
from connectors.cursor import Cursor, Start, resume
from connectors.decoding import DecodedTable, Decoding, Unreadable, WireFormat, decode_page
from connectors.entity import Entity, entities_of
from connectors.landing import Batch, BatchOrigin, BatchWriter, Mode, list_batches, remove_unfinished
from connectors.paging import Page
from connectors.session import Authentication, SourceError, SourceSession
from ecosystem.errors import EcosystemError, UsageError
from ecosystem.locks import exclusive
from ecosystem.paths import Home

logger = logging.getLogger(__name__)


class Reader(Protocol):
    """What the module ``connectors.<system>.reader`` offers."""

    def authentication(self, connection: Connection) -> Authentication:
        """How requests over this connection prove who sends them."""

    def wire_format(self, entity: Entity) -> WireFormat:
        """How the entity's values are written."""

    def pages(self, session: SourceSession, entity: Entity, start: Start, page_size: int) -> Iterator[Page]:
        """All pages of one walk, in the order in which they may land."""


@dataclass(frozen=True)
class ExtractResult:
    """What one extract did; ``rows`` counts landed rows by entity, children included."""

    system: str
    connection_id: str
    entity: str
    rows: dict[str, int]
    batches: int
    requests: int
    seconds: float
    mode: Mode


def extract(
    source: SourceSettings, connection: Connection, entity: str, home: Home, as_of: datetime, full: bool = False
) -> ExtractResult:
    """Read one entity and land it.

    An incremental extract goes on from the cursor in the newest landed batch; a killed or failed one is resumed by
    calling this again. A full extract reads everything from the beginning and is complete with its last batch only.

    Args:
        as_of: clock of the run (UTC); all rows get it as ``_extracted_at``.
        full: read everything although the entity could be read incrementally.

    Raises:
        UsageError: unknown system or entity, or the key for personal data is missing.
        EcosystemError: another extract of the same entity runs, the source cannot be read, or what it sends is not what
            its entity table declares. Whatever was landed before stays and is good.
    """
    described = _parent(source, entity)
    mode: Mode = "full" if full or source.entities[entity].mode == "full" or not described.order else "incremental"
    with exclusive(f"extract-{source.connection_id}-{entity}", home):
        return _run(source, connection, described, home.landing, as_of.astimezone(UTC), mode)


def _parent(source: SourceSettings, name: str) -> Entity:
    offered = {entity.name: entity for entity in entities_of(source.system)}
    if name not in offered or name not in source.entities:
        configured = ", ".join(entity for entity in source.entities if entity in offered)
        raise UsageError(
            f"The source {source.connection_id} ({source.system}) has no entity '{name}': choose one of {configured}."
        )
    return offered[name]


def _run(
    source: SourceSettings, connection: Connection, entity: Entity, landing: Path, as_of: datetime, mode: Mode
) -> ExtractResult:
    began = time.perf_counter()
    reader = cast(Reader, importlib.import_module(f"connectors.{source.system}.reader"))
    decoding = _decoding(source, entity, reader)
    for landed in entity.with_descendants():
        remove_unfinished(landing, system=source.system, entity=landed.name, connection_id=source.connection_id)
    start, cursor = _start(source, entity, landing, as_of, mode)
    walk = _Walk(source, entity, landing, as_of, mode, cursor)
    authentication = reader.authentication(connection)
    with (
        SourceSession(
            connection,
            authentication,
            system=source.system,
            request_budget=source.request_budget,
            retry=source.retry,
        ) as session,
        walk,
    ):
        try:
            for page in reader.pages(session, entity, start, source.page_size):
                walk.add(page, decode_page(entity, page.records, decoding))
        except SourceError:
            walk.keep_progress()
            raise
        walk.finish()
    result = ExtractResult(
        system=source.system,
        connection_id=source.connection_id,
        entity=entity.name,
        rows=dict(walk.rows),
        batches=walk.batches,
        requests=session.requests_sent,
        seconds=time.perf_counter() - began,
        mode=mode,
    )
    logger.info(
        "%s %s of %s: %d rows in %d batches, %d requests, %.1f s",
        mode,
        entity.name,
        source.connection_id,
        result.rows[entity.name],
        result.batches,
        result.requests,
        result.seconds,
    )
    return result


def _decoding(source: SourceSettings, entity: Entity, reader: Reader) -> Decoding:
    personal = {
        (described.name, field.name)
        for parent in entities_of(source.system)
        for described in parent.with_descendants()
        for field in described.fields
        if field.is_personal
    }
    needs_key = any(described.name == name for described in entity.with_descendants() for name, _ in personal)
    return Decoding(
        system=source.system,
        wire=reader.wire_format(entity),
        personal_names=frozenset(field.casefold() for _, field in personal),
        pseudonyms=pseudonym.from_environment(f"The entity {entity.name} of {source.system}") if needs_key else None,
    )


def _start(source: SourceSettings, entity: Entity, landing: Path, as_of: datetime, mode: Mode) -> tuple[Start, Cursor]:
    if mode == "full":
        return Start("full"), Cursor(None, None, as_of, None)
    landed = list_batches(landing, system=source.system, entity=entity.name, connection_id=source.connection_id)
    return resume(landed, timedelta(minutes=source.overlap_minutes), as_of)


class _Walk:
    """Turns pages into batches: the children's files first, the parent's, which carries the cursor, last."""

    def __init__(
        self, source: SourceSettings, entity: Entity, landing: Path, as_of: datetime, mode: Mode, cursor: Cursor
    ) -> None:
        self.rows: Counter[str] = Counter({described.name: 0 for described in entity.with_descendants()})
        self.batches = 0
        self._source = source
        self._entity = entity
        self._landing = landing
        self._as_of = as_of
        self._mode = mode
        self._cursor = cursor
        self._run_id = uuid4().hex
        self._writers: dict[str, BatchWriter] = {}
        self._examples: dict[str, Unreadable] = {}

    def __enter__(self) -> "_Walk":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.abandon()

    def add(self, page: Page, tables: list[DecodedTable]) -> None:
        """Write a page; a batch that was full before it is landed first, so that only the walk's end is marked last."""
        parent = self._writers.get(self._entity.name)
        if parent and parent.row_count >= self._source.batch_rows:
            self._land(is_last=False)
        for decoded in tables:
            if decoded.table.num_rows:
                self._writer(decoded.entity).write(decoded.table)
            if decoded.example:
                self._examples.setdefault(decoded.entity.name, decoded.example)
        latest = max(filter(None, [self._cursor.changed_at, tables[-1].latest_change]), default=None)
        self._cursor = Cursor(page.position, latest, self._cursor.started_at, self._cursor.window_from)

    def keep_progress(self) -> None:
        """Land what an interrupted incremental walk has read, so that the next run goes on behind it."""
        if self._mode == "incremental" and self._cursor.position and self._entity.name in self._writers:
            self._land(is_last=False)

    def finish(self) -> None:
        """Land the batch that completes the run, without rows if there were none."""
        self._writer(self._entity)
        self._land(is_last=True)

    def _writer(self, entity: Entity) -> BatchWriter:
        if entity.name not in self._writers:
            origin = BatchOrigin(
                system=self._source.system,
                connection_id=self._source.connection_id,
                entity=entity.name,
                mode=self._mode,
                run_id=self._run_id,
                extracted_at=self._as_of,
                schema_version=entity.schema_version,
            )
            self._writers[entity.name] = BatchWriter(self._landing, origin, entity.schema)
        return self._writers[entity.name]

    def _land(self, *, is_last: bool) -> None:
        for name, writer in self._writers.items():
            self._check_tolerance(name, writer)
        *children, parent = [
            self._writers[entity.name]
            for entity in reversed(self._entity.with_descendants())
            if entity.name in self._writers
        ]
        window_to = self._as_of if is_last else self._cursor.changed_at if self._mode == "incremental" else None
        for writer in children:
            self._commit(writer, cursor=None, is_last=is_last, window_to=window_to)
        resumable = self._entity.order and (is_last or self._mode == "incremental")
        self._commit(parent, cursor=self._cursor if resumable else None, is_last=is_last, window_to=window_to)
        self._writers.clear()
        self._examples.clear()

    def _commit(self, writer: BatchWriter, *, cursor: Cursor | None, is_last: bool, window_to: datetime | None) -> None:
        batch: Batch = writer.commit(
            cursor=cursor.as_json() if cursor else None,
            is_last=is_last,
            window_from=self._cursor.window_from,
            window_to=window_to,
        )
        self.rows[batch.entity] += batch.row_count
        self.batches += 1
        logger.info("landed %s (%d rows)", batch.path, batch.row_count)

    def _check_tolerance(self, name: str, writer: BatchWriter) -> None:
        tolerated = max(
            self._source.unreadable_tolerance_rows, self._source.unreadable_tolerance_share * writer.row_count
        )
        if writer.unreadable_count > tolerated:
            example = self._examples[name]
            raise EcosystemError(
                f"{self._source.system} (connection {self._source.connection_id}) sends {name} with"
                f" {writer.unreadable_count} of {writer.row_count} rows unreadable, more than the {tolerated:g} that"
                f" are tolerated, for example {example.field} with the value '{example.shown}': correct it at the"
                " source, or the type in the entity table."
            )
