"""Events of alerts, as the ledger has landed them: batches from before verdicts landed are read beside those since."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from connectors.entity import landed_schema
from connectors.landing import STANDARD_COLUMNS, write_batch

FIRST = datetime(2026, 7, 1, 18, tzinfo=UTC)
LATER_FIELDS = {"opening", "reason_code", "verdict"}


def land(warehouse: Any, at: datetime, *events: dict[str, Any], without: set[str] = frozenset()) -> None:
    standard = {field.name for field in STANDARD_COLUMNS}
    fields = [field for field in landed_schema("ecosystem", "alert_event") if field.name not in standard | without]
    write_batch(
        warehouse.landing,
        system="ecosystem",
        connection_id="ecosystem",
        entity="alert_event",
        mode="incremental",
        run_id="alerts",
        extracted_at=at,
        table=pa.Table.from_pylist(list(events), schema=pa.schema(fields)),
    )


def event(number: int, what: str, at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "event_key": f"f/{number}",
        "fingerprint": "f",
        "sequence": number,
        "stream": "vendor",
        "event": what,
        "at": at,
    } | more


@pytest.mark.parametrize("full", [False, True], ids=["increment", "rebuild"])
def test_events_that_landed_before_verdicts_did_have_none_and_those_since_have_theirs(warehouse, full):
    later = FIRST + timedelta(days=1)
    land(warehouse, FIRST, event(1, "opened", FIRST), without=LATER_FIELDS)
    warehouse.build(FIRST + timedelta(hours=1), "stg_ecosystem__alert_event")
    land(warehouse, later, event(2, "resolved", later, opening=1, reason_code="us", verdict="true"))
    warehouse.build(later + timedelta(hours=1), "stg_ecosystem__alert_event", full=full)

    rows = warehouse.rows(
        "select event, opening, reason_code, verdict from staging.stg_ecosystem__alert_event order by sequence"
    )
    assert rows == [
        {"event": "opened", "opening": None, "reason_code": None, "verdict": None},
        {"event": "resolved", "opening": 1, "reason_code": "us", "verdict": "true"},
    ]
