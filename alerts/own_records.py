"""The ledger's history, landed so that the next build knows it.

What has landed is compared with the ledger, so a run that was killed after its commit is told by the next one, and
nothing is told twice. Who acted is not landed, and neither is what a person wrote: both are personal, and no mart
needs them.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Engine, select

from alerts.ledger import SYSTEM_ACTOR, alert, alert_event, outbox
from alerts.signals import SubjectKind
from connectors.ecosystem import own_records
from connectors.ecosystem.entities import ALERT_EVENT
from ecosystem.paths import Home

logger = logging.getLogger(__name__)

NOTIFIED = "notified"


def land_alert_events(home: Home, engine: Engine, as_of: datetime) -> int:
    """Land the events of all alerts that no landed record has; gives how many.

    ``as_of`` (UTC) is that of the publication that was taken in.
    """
    with own_records.landing(home, ALERT_EVENT.name):
        known = _landed(home)
        new = [event for event in _events(engine) if (event["event_key"], event["at"]) not in known]
        rows = pa.Table.from_pylist(new, schema=own_records.schema(ALERT_EVENT.name))
        own_records.land(home, ALERT_EVENT.name, rows, as_of, "alerts")
    logger.info("%d alert events landed", len(new))
    return len(new)


def _landed(home: Home) -> set[tuple[str, datetime]]:
    """Key and time of every landed event; the time tells a ledger that was begun anew from the one before."""
    found: set[tuple[str, datetime]] = set()
    for batch in own_records.landed(home, ALERT_EVENT.name):
        rows = pq.read_table(batch.path, columns=["event_key", "at"])
        instants = (instant.astimezone(UTC) for instant in rows["at"].to_pylist())
        found.update(zip(rows["event_key"].to_pylist(), instants, strict=True))
    return found


def _events(engine: Engine) -> list[dict[str, Any]]:
    """Every event of the ledger, and for each mail that went out one that its alert was told of."""
    columns = [
        *(alert.c[name] for name in _OF_ALERT),
        alert.c.subject_kind,
        alert.c.subject_key,
        *(alert_event.c[name] for name in _OF_EVENT),
        outbox.c.sent_at,
    ]
    chosen = select(*columns).select_from(
        alert_event.join(alert, alert_event.c.alert_id == alert.c.id).outerjoin(
            outbox, alert_event.c.outbox_id == outbox.c.id
        )
    )
    with engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(chosen.order_by(alert_event.c.id)).mappings()]
    events = []
    for row in rows:
        events.append(_event(row, row["change"], row["at"], f"{row['fingerprint']}/{row['sequence']}"))
        if row["sent_at"] is not None:
            told = f"{row['fingerprint']}/{row['sequence']}/{NOTIFIED}"
            unsaid = {"from_state": row["to_state"], "reason_code": None, "verdict": None}
            events.append(_event(row, NOTIFIED, row["sent_at"], told) | unsaid)
    return events


_OF_ALERT = (
    "fingerprint",
    "stream",
    "rule_id",
    "kpi_family",
    "severity",
    "purchase_order",
    "purchase_order_line",
    "schedule_line",
)


_OF_EVENT = (
    "sequence",
    "change",
    "from_state",
    "to_state",
    "at",
    "reason",
    "actor",
    "build_id",
    "cycle",
    "reason_code",
    "verdict",
)


def _event(row: Mapping[str, Any], event: str, at: datetime, event_key: str) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _OF_ALERT},
        "event_key": event_key,
        "sequence": row["sequence"],
        "vendor_key": row["subject_key"] if row["subject_kind"] == SubjectKind.VENDOR else None,
        "subject_key": row["subject_key"],
        "event": event,
        "from_state": row["from_state"],
        "to_state": row["to_state"],
        "at": at,
        "reason": row["reason"] if row["actor"] == SYSTEM_ACTOR else None,
        "build_id": row["build_id"],
        "opening": row["cycle"],
        "reason_code": row["reason_code"],
        "verdict": row["verdict"],
    }
