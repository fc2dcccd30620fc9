"""Landing of own records: the same batches as any source's, written by whoever did what they tell.

A record lands after what it tells is done, so a process that dies in between leaves it to the next run: whoever writes
compares what there is to tell with what has landed. Own records are known a microsecond after the latest moment they
tell of: they are inputs of the next build and never of the one they tell of.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pyarrow as pa

from connectors.entity import landed_schema
from connectors.landing import STANDARD_COLUMNS, Batch, list_batches, remove_unfinished, write_batch
from ecosystem.locks import exclusive
from ecosystem.paths import Home

SYSTEM = "ecosystem"
CONNECTION = "ecosystem"
KIND = "own"
# Another process lands the same few rows: waiting is cheaper than failing after the work is done.
PATIENCE_S = 60.0


@contextmanager
def landing(home: Home, entity: str) -> Iterator[None]:
    """One process at a time looks at what has landed of ``entity`` and lands what is missing."""
    with exclusive(f"extract-{CONNECTION}-{entity}", home, timeout_s=PATIENCE_S):
        remove_unfinished(home.landing, system=SYSTEM, entity=entity, connection_id=CONNECTION)
        yield


def landed(home: Home, entity: str) -> list[Batch]:
    """The batches of ``entity``, oldest first."""
    return list_batches(home.landing, system=SYSTEM, entity=entity, connection_id=CONNECTION)


def schema(entity: str) -> pa.Schema:
    """The declared columns of ``entity``, without those that every batch has."""
    standard = {field.name for field in STANDARD_COLUMNS}
    return pa.schema([field for field in landed_schema(SYSTEM, entity) if field.name not in standard])


def land(home: Home, entity: str, rows: pa.Table, told_at: datetime, run_id: str) -> Batch | None:
    """Land ``rows`` as one batch, under the lock of :func:`landing`; no rows land nothing.

    Args:
        told_at: the latest moment (UTC) the rows tell of.
        run_id: what they come from, such as the build's id.
    """
    if not rows.num_rows:
        return None
    before = landed(home, entity)
    latest = max([told_at, *(batch.extracted_at for batch in before)])
    return write_batch(
        home.landing,
        system=SYSTEM,
        connection_id=CONNECTION,
        entity=entity,
        mode="incremental",
        run_id=run_id,
        extracted_at=latest + timedelta(microseconds=1),
        table=rows.select(schema(entity).names).cast(schema(entity)),
    )
