"""How far the numbers of a feed, and of a vendor within it, can be trusted; feeds that a fact is made from."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.dbt_project.kpi_oracle import cost, delivery, quality, receiving, service
from tests.dbt_project.kpi_oracle.delivery import ScheduleLine, schedule_lines
from tests.dbt_project.kpi_oracle.observed import Seen
from tests.dbt_project.kpi_oracle.statistics import wilson

STALE_AFTER = timedelta(hours=48)
FACTS = {
    "purchase_order": (delivery.fct_schedule_line, "schedule_line_key"),
    "material_document": (receiving.fct_goods_receipt, "goods_receipt_key"),
    "inspection_lot": (quality.fct_inspection_lot, "inspection_lot_key"),
    "quality_notification": (quality.fct_quality_notification, "quality_notification_key"),
    "supplier_invoice": (cost.fct_invoice_line, "invoice_line_key"),
    "incident": (service.fct_service_ticket, "ticket_key"),
}


def completed(readings: Seen) -> dict[tuple[str, str], datetime]:
    """When each feed was last read to its end."""
    last: dict[tuple[str, str], datetime] = {}
    for reading in readings:
        last |= dict.fromkeys(reading.complete, reading.at)
    return last


def is_stale(complete: datetime | None, as_of: datetime) -> bool:
    return complete is None or as_of - complete > STALE_AFTER


def data_trust(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The rows of each feed that a fact is made from, in all and by vendor."""
    last = completed(readings)
    lines: dict[tuple[str, str | None], list[ScheduleLine]] = defaultdict(list)
    for part in schedule_lines(readings, as_of):
        if part.is_performance and not part.is_cancelled:
            lines[part.key[0], part.vendor].append(part)
            lines[part.key[0], None].append(part)
    rows = []
    for entity, (facts, key) in FACTS.items():
        checked: dict[tuple[str, str | None], list[dict[str, Any]]] = defaultdict(list)
        for fact in facts(readings, as_of):
            connection = fact[key].split(":")[0]
            for vendor in {fact["vendor_key"], None}:
                checked[connection, vendor].append(fact)
        for (connection, vendor), of_feed in checked.items():
            complete = last.get((connection, entity))
            row: dict[str, Any] = {
                "connection_id": connection,
                "entity": entity,
                "vendor_key": vendor,
                "last_complete_at": complete,
                "age_hours": (as_of - complete) / timedelta(hours=1) if complete else None,
                "is_stale": is_stale(complete, as_of),
                "checked_rows": len(of_feed),
            }
            if entity == "purchase_order":
                doubtful = sum(1 for fact in of_feed if fact["data_flags"])
                row |= {"doubtful_rows": doubtful, "doubtful_share": doubtful / len(of_feed)}
                row |= _dates(lines[connection, vendor], as_of)
            rows.append(row)
    return rows


def _dates(lines: Sequence[ScheduleLine], as_of: datetime) -> dict[str, Any]:
    """How complete the dates of lines are, and how many came on exactly the promised day."""
    came = [part for part in lines if part.in_full is not None and part.first_promise is not None]
    due = [part for part in lines if part.first_promise is not None and part.first_promise < as_of.date()]
    return {
        **_share("exact_slip", sum(1 for part in came if part.in_full == part.first_promise), len(came)),
        **_share("promise_coverage", sum(1 for part in lines if part.first_promise is not None), len(lines)),
        **_share("confirmation_coverage", sum(1 for part in lines if part.basis == "confirmation"), len(lines)),
        **_share("receipt_coverage", sum(1 for part in due if part.received > 0), len(due)),
    }


def _share(name: str, part: int, whole: int) -> dict[str, Any]:
    lower, upper = wilson(part, whole)
    return {name: part / whole if whole else None, f"{name}_n": whole, f"{name}_lower": lower, f"{name}_upper": upper}
