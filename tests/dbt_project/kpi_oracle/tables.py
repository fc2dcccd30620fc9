"""The oracle's numbers under the names of the marts, so that both can be laid side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.dbt_project.kpi_oracle import delivery, relationship, service, targets
from tests.dbt_project.kpi_oracle.observed import Reading

Table = list[dict[str, Any]]


@dataclass(frozen=True)
class Mart:
    """A mart, the columns that identify a row, and the oracle's version of it; ``columns``: the part of a wider mart;
    ``only``: the rows that the oracle speaks about."""

    name: str
    keys: tuple[str, ...]
    rows: Callable[[Sequence[Reading], datetime], Table]
    columns: tuple[str, ...] = ()
    only: str = "true"


OF_VENDOR_MONTH = ("vendor_key", "month")


def _share(name: str) -> tuple[str, ...]:
    return (name, f"{name}_n", f"{name}_lower", f"{name}_upper")


MARTS = (
    Mart("fct_schedule_line", ("schedule_line_key",), delivery.fct_schedule_line),
    Mart("fct_promise_change", ("schedule_line_key", "change_number"), delivery.fct_promise_change),
    Mart("fct_service_ticket", ("ticket_key",), service.fct_service_ticket),
    Mart(
        "vendor_month",
        OF_VENDOR_MONTH,
        delivery.vendor_month,
        (
            *_share("otd_first_promise"), *_share("otd_latest_promise"), *_share("otd_requested"),
            "slip_p50_days", "slip_p90_days", "slip_n", "overdue_lines", "lead_time_delivered_only_p50_days",
            "lead_time_delivered_only_n", "lead_time_open_lines", "promise_moves_later", "promise_moves_earlier",
        ),
    ),
    Mart(
        "vendor_month",
        OF_VENDOR_MONTH,
        service.vendor_month,
        (
            "tickets_opened", "tickets_resolved", "ticket_gross_hours_p50", "ticket_gross_hours_p90",
            *_share("tickets_within_target"),
        ),
    ),
    Mart(
        "vendor_month",
        OF_VENDOR_MONTH,
        relationship.vendor_month,
        (*_share("vendor_nps"), *_share("stakeholder_nps"), "proposals_submitted", "proposals_actionable"),
    ),
    Mart(
        "ecosystem_quarter",
        ("quarter", "metric_id"),
        targets.vendor_nps,
        ("value", "n", "state", "lower_bound", "upper_bound"),
        "metric_id = 'vendor_nps'",
    ),
    Mart(
        "ecosystem_quarter",
        ("quarter", "metric_id"),
        targets.submissions,
        ("value", "n", "state"),
        "metric_id like 'innovation_submissions%'",
    ),
)  # fmt: skip
