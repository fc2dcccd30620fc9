"""In which publication each landed batch was seen first."""

from datetime import UTC, datetime

import pyarrow.parquet as pq

from connectors.ecosystem import own_records
from connectors.ecosystem.entities import PUBLISHED_BATCH
from ecosystem.paths import Home


def first_publications(home: Home) -> dict[str, datetime]:
    """The as-of time (UTC) of the first publication that was made from each recorded batch, by batch id."""
    first: dict[str, datetime] = {}
    for batch in own_records.landed(home, PUBLISHED_BATCH.name):
        rows = pq.read_table(batch.path, columns=["batch_id", "published_at"])
        for batch_id, published_at in zip(rows["batch_id"].to_pylist(), rows["published_at"].to_pylist(), strict=True):
            first.setdefault(batch_id, published_at.astimezone(UTC))
    return first
