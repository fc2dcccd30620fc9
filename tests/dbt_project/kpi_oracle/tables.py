"""The oracle's numbers under the names of the marts, so that both can be laid side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.dbt_project.kpi_oracle import (
    cost,
    delivery,
    lead_time,
    quality,
    receiving,
    relationship,
    service,
    targets,
)
from tests.dbt_project.kpi_oracle.observed import Seen

Table = list[dict[str, Any]]


@dataclass(frozen=True)
class Mart:
    """A mart, the columns that identify a row, and the oracle's version of it; ``columns``: the part of a wider mart;
    ``only``: the rows that the oracle speaks about; ``leeway``: what rounding may take
    from a number."""

    name: str
    keys: tuple[str, ...]
    rows: Callable[[Seen, datetime], Table]
    columns: tuple[str, ...] = ()
    only: str = "true"
    leeway: float = 1e-9


OF_VENDOR_MONTH = ("vendor_key", "month")


def _share(name: str) -> tuple[str, ...]:
    return (name, f"{name}_n", f"{name}_lower", f"{name}_upper")


MARTS = (
    Mart("fct_schedule_line", ("schedule_line_key",), delivery.fct_schedule_line),
    Mart("fct_promise_change", ("schedule_line_key", "change_number"), delivery.fct_promise_change),
    Mart("lead_time", ("vendor_key", "cohort", "cohort_start"), lead_time.lead_time, leeway=1e-6),
    Mart("fct_goods_receipt", ("goods_receipt_key",), receiving.fct_goods_receipt),
    Mart("fct_invoice_line", ("invoice_line_key",), cost.fct_invoice_line),
    Mart(
        "price_variance",
        ("vendor_key", "connection_id", "material", "quarter", "baseline"),
        cost.price_variance,
        (
            "invoice_lines", "compared_lines", "outlier_lines", "actual_amount", "baseline_amount", "planned_amount",
            "price_variance", "fx_variance", "volume_variance", "mix_variance", "cost_variance",
            "price_variance_without_outliers",
        ),
        leeway=0.0151,  # three amounts rounded to cents
    ),
    Mart("fct_inspection_lot", ("inspection_lot_key",), quality.fct_inspection_lot),
    Mart("fct_quality_notification", ("quality_notification_key",), quality.fct_quality_notification),
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
        quality.vendor_month,
        (
            "defect_ppm_unit", *_share("defect_ppm_registered"), *_share("defect_ppm_received"),
            *_share("lot_rejection_rate"), *_share("complaints_within_target"), "skipped_lots", "complaints",
            "complaint_hours_p50", "complaint_hours_p90",
        ),
        leeway=1e-6,
    ),
    Mart(
        "vendor_month",
        OF_VENDOR_MONTH,
        cost.vendor_month,
        ("invoiced_amount", "invoiced_amount_n"),
        leeway=0.0101,  # of cents
    ),
    Mart(
        "vendor_month",
        OF_VENDOR_MONTH,
        cost.vendor_month,
        (
            "price_outlier_lines", "price_variance_standard", "price_variance_standard_n", "price_variance_contract",
            "price_variance_contract_n", "price_variance_last_paid", "price_variance_last_paid_n",
        ),
        leeway=1e-6,
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
