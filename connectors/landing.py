"""The landing zone: append-only batches, one Parquet file each, visible all at once or not at all.

``<landing>/<system>/<entity>/<connection_id>/<batch_id>.parquet``. The footer's key ``ecosystem.batch`` holds what is
known about the batch as JSON, the cursor of the next run included, so data and cursor cannot disagree.
"""

import json
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from ecosystem.clock import iso
from ecosystem.errors import EcosystemError

Mode = Literal["full", "incremental"]

FOOTER_KEY = "ecosystem.batch"
INSTANT = pa.timestamp("us", tz="UTC")
STANDARD_COLUMNS = (
    pa.field("_connection_id", pa.string()),
    pa.field("_entity", pa.string()),
    pa.field("_extracted_at", INSTANT),
    pa.field("_batch_id", pa.string()),
    pa.field("_deleted", pa.bool_()),
    pa.field("_changed_at", INSTANT),
    pa.field("_extra", pa.string()),
    pa.field("_unreadable", pa.string()),
)
CHILD_KEYS = pa.field("_child_keys", pa.list_(pa.string()))

_NAME = re.compile(r"[a-z0-9][a-z0-9_]*")
_BATCH_FILE = re.compile(r"(?P<sequence>\d{8})-[0-9a-f]{8}\.parquet")


@dataclass(frozen=True)
class BatchOrigin:
    """Whose batch it is and which run wrote it: what is known before its first row."""

    system: str
    connection_id: str
    entity: str
    mode: Mode
    run_id: str
    extracted_at: datetime
    schema_version: int = 1

    def __post_init__(self) -> None:
        for name in (self.system, self.connection_id, self.entity):
            if not _NAME.fullmatch(name):
                raise EcosystemError(
                    f"'{name}' cannot name a landing folder: use lower-case letters, digits and underscores."
                )


@dataclass(frozen=True)
class Batch:
    """One landed file, as its footer describes it.

    ``window_from`` and ``window_to`` bound the source change times that the run covered up to here (UTC; null: no
    bound); ``cursor`` is where the next run goes on (null: the batch does not say); ``is_last`` marks the batch that
    ends a complete run.
    """

    batch_id: str
    sequence: int
    system: str
    connection_id: str
    entity: str
    schema_version: int
    mode: Mode
    run_id: str
    window_from: datetime | None
    window_to: datetime | None
    cursor: Mapping[str, Any] | None
    row_count: int
    unreadable_count: int
    extracted_at: datetime
    is_last: bool
    path: Path


class BatchWriter:
    """Writes one batch under a temporary name; :meth:`commit` makes it visible."""

    def __init__(self, landing: Path, origin: BatchOrigin, schema: pa.Schema) -> None:
        self.origin = origin
        self.row_count = 0
        self.unreadable_count = 0
        self._folder = landing / origin.system / origin.entity / origin.connection_id
        _make_durable_folder(self._folder, landing)
        self.sequence = _greatest_sequence(self._folder) + 1
        self.batch_id = f"{self.sequence:08d}-{secrets.token_hex(4)}"
        self._path = self._folder / f"{self.batch_id}.parquet"
        self._temporary = self._folder / f"{self.batch_id}.parquet.tmp"
        self._file = self._temporary.open("wb")
        self._parquet = pq.ParquetWriter(self._file, schema, compression="zstd")
        self._schema = schema

    def write(self, table: pa.Table) -> None:
        """Append rows; ``_batch_id`` and the other columns that say where a row comes from are set here."""
        complete = _with_standard_columns(table, self.origin, self.batch_id)
        self.row_count += complete.num_rows
        self.unreadable_count += complete.num_rows - complete["_unreadable"].null_count
        self._parquet.write_table(complete.select(self._schema.names).cast(self._schema))

    def commit(
        self,
        *,
        cursor: Mapping[str, Any] | None,
        is_last: bool,
        window_from: datetime | None = None,
        window_to: datetime | None = None,
    ) -> Batch:
        """Flush, describe, rename: from here on readers see the batch, and a crash cannot take it away."""
        batch = Batch(
            batch_id=self.batch_id,
            sequence=self.sequence,
            system=self.origin.system,
            connection_id=self.origin.connection_id,
            entity=self.origin.entity,
            schema_version=self.origin.schema_version,
            mode=self.origin.mode,
            run_id=self.origin.run_id,
            window_from=window_from,
            window_to=window_to,
            cursor=cursor,
            row_count=self.row_count,
            unreadable_count=self.unreadable_count,
            extracted_at=self.origin.extracted_at,
            is_last=is_last,
            path=self._path,
        )
        self._parquet.add_key_value_metadata({FOOTER_KEY: _footer(batch)})
        self._parquet.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self._temporary, self._path)  # noqa: PTH105 - the kill tests count calls of this very function
        _flush_folder(self._folder)
        return batch

    def abandon(self) -> None:
        """Give the batch up: nothing of it was ever visible."""
        with suppress(OSError, pa.ArrowException):
            self._parquet.close()
        self._file.close()
        self._temporary.unlink(missing_ok=True)


def write_batch(
    landing: Path,
    *,
    system: str,
    connection_id: str,
    entity: str,
    mode: Mode,
    run_id: str,
    extracted_at: datetime,
    table: pa.Table,
    window_from: datetime | None = None,
    window_to: datetime | None = None,
    cursor: Mapping[str, Any] | None = None,
    is_last: bool = True,
    schema_version: int = 1,
) -> Batch:
    """Land one table as one batch.

    Standard columns that the table lacks are added (not deleted, no change time, nothing extra, nothing unreadable);
    those that say where a row comes from are always set. ``unreadable_count`` is the number of rows whose
    ``_unreadable`` is set.
    """
    origin = BatchOrigin(system, connection_id, entity, mode, run_id, extracted_at, schema_version)
    schema = _with_standard_columns(table.slice(0, 0), origin, "").schema
    writer = BatchWriter(landing, origin, schema)
    try:
        writer.write(table)
        return writer.commit(cursor=cursor, is_last=is_last, window_from=window_from, window_to=window_to)
    except BaseException:
        writer.abandon()
        raise


def list_batches(landing: Path, *, system: str = "*", entity: str = "*", connection_id: str = "*") -> list[Batch]:
    """All visible batches, sorted by system, entity, connection and sequence; the names narrow what is read.

    Raises:
        EcosystemError: a file in a batch's place is not a batch.
    """
    batches = [read_batch(path) for path in landing.glob(f"{system}/{entity}/{connection_id}/*.parquet")]
    return sorted(batches, key=lambda batch: (batch.system, batch.entity, batch.connection_id, batch.sequence))


def read_batch(path: Path) -> Batch:
    """The footer of one landed file.

    Raises:
        EcosystemError: the file is damaged or was not written by :class:`BatchWriter`.
    """
    try:
        metadata = pq.read_metadata(path).metadata or {}
        footer = json.loads(metadata[FOOTER_KEY.encode()])
    except (OSError, pa.ArrowException, KeyError, ValueError):
        raise EcosystemError(
            f"The landed file {path} is damaged or was not written by a connector: move it out of the landing zone."
        ) from None
    for name in ("window_from", "window_to", "extracted_at"):
        footer[name] = datetime.fromisoformat(footer[name]) if footer[name] else None
    return Batch(**footer, path=path)


def remove_unfinished(landing: Path, *, system: str, entity: str, connection_id: str) -> None:
    """Delete the temporary files of killed runs; call it under the lock of the extract."""
    for path in (landing / system / entity / connection_id).glob("*.parquet.tmp"):
        path.unlink()


def _footer(batch: Batch) -> str:
    fields = {name: value for name, value in vars(batch).items() if name != "path"}
    return json.dumps({name: iso(value) if isinstance(value, datetime) else value for name, value in fields.items()})


def _with_standard_columns(table: pa.Table, origin: BatchOrigin, batch_id: str) -> pa.Table:
    rows = table.num_rows
    constants = {
        "_connection_id": origin.connection_id,
        "_entity": origin.entity,
        "_extracted_at": origin.extracted_at.astimezone(UTC),
        "_batch_id": batch_id,
    }
    defaults = {"_deleted": False, "_changed_at": None, "_extra": None, "_unreadable": None}
    for field in STANDARD_COLUMNS:
        if field.name in constants:
            column = pa.repeat(pa.scalar(constants[field.name], field.type), rows)
        elif field.name not in table.column_names:
            column = pa.repeat(pa.scalar(defaults[field.name], field.type), rows)
        else:
            continue
        index = table.schema.get_field_index(field.name)
        table = table.append_column(field, column) if index < 0 else table.set_column(index, field, column)
    return table


def _greatest_sequence(folder: Path) -> int:
    names = (_BATCH_FILE.fullmatch(path.name) for path in folder.iterdir())
    return max((int(match["sequence"]) for match in names if match), default=0)


def _make_durable_folder(folder: Path, landing: Path) -> None:
    if folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for parent in folder.parents:
        _flush_folder(parent)
        if parent == landing:
            break


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
