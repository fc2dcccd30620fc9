"""The oracle's numbers under the names of the marts, so that both can be laid side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.dbt_project.kpi_oracle import (
    availability,
    cost,
    delivery,
    early_warning,
    health,
    innovation,
    lead_time,
    pilots,
    programme,
    quality,
    receiving,
    relationship,
    saving,
    service,
    stock,
    targets,
    trust,
    value_share,
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
    Mart(
        "early_warning",
        ("rule_id", "vendor_key", "purchase_order", "purchase_order_line", "schedule_line", "episode"),
        early_warning.early_warning,
        leeway=1e-6,
    ),
    Mart(
        "data_trust",
        ("connection_id", "entity", "vendor_key"),
        trust.data_trust,
        only="checked_rows is not null",
    ),
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
    Mart("fct_stock_day", ("connection_id", "material", "plant", "stock_date"), stock.fct_stock_day),
    Mart("stock_cover", ("connection_id", "material", "plant"), stock.stock_cover, leeway=2e-5),
    Mart("fct_service_ticket", ("ticket_key",), service.fct_service_ticket, leeway=1e-6),
    Mart("fct_availability", ("configuration_item_key", "month"), availability.fct_availability, leeway=1e-6),
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
            "ticket_net_hours_p50", "ticket_net_hours_p90", "ticket_net_hours_n", "ticket_business_hours_p50",
            "ticket_business_hours_p90", "ticket_business_hours_n", *_share("tickets_within_target"),
            *_share("sla_attainment"), *_share("underpinning_attainment"), "mttr_n", "mttr_open_tickets",
            "mttr_p50_hours", "mttr_p50_hours_lower", "mttr_p50_hours_upper", "mttr_p90_hours", "mttr_p90_hours_lower",
            "mttr_p90_hours_upper", "availability", "availability_n",
        ),
        leeway=1e-6,
    ),
    Mart(
        "vendor_month",
        OF_VENDOR_MONTH,
        relationship.vendor_month,
        (*_share("vendor_nps"), *_share("stakeholder_nps"), "proposals_submitted", "proposals_actionable"),
    ),
    Mart("fct_survey_response", ("response_key",), relationship.fct_survey_response),
    Mart("survey_quarter", ("quarter", "direction"), relationship.survey_quarter),
    Mart("fct_joint_kpi", ("joint_kpi_key",), programme.fct_joint_kpi),
    Mart("fct_engagement", ("engagement_key",), programme.fct_engagement),
    Mart("fct_roadmap_item", ("roadmap_item_key",), programme.fct_roadmap_item),
    Mart("fct_contract_renewal", ("renewal_key",), programme.fct_contract_renewal),
    Mart(
        "vendor_month",
        OF_VENDOR_MONTH,
        programme.vendor_month,
        ("renewals_signed", "renewal_lead_days_p50", "engagements_held"),
    ),
    Mart("fct_proposal", ("proposal_key",), innovation.fct_proposal),
    Mart("innovation_funnel", ("scope", "vendor_key", "quarter"), innovation.innovation_funnel),
    Mart("fct_pilot", ("pilot_key",), pilots.fct_pilot),
    Mart("fct_pilot_criterion", ("pilot_criterion_key",), pilots.fct_pilot_criterion, leeway=1e-6),
    Mart("pilot_scorecard", ("pilot_key",), pilots.pilot_scorecard, leeway=1e-6),
    Mart("fct_saving", ("saving_key",), saving.fct_saving, leeway=1e-6),
    Mart("fct_reinvestment", ("reinvestment_key",), saving.fct_reinvestment, leeway=1e-6),
    Mart("reinvestment_pool", ("pool", "entry_key"), saving.reinvestment_pool, leeway=1e-6),
    Mart("reinvestment_quarter", ("quarter",), saving.reinvestment_quarter, leeway=1e-6),
    Mart(
        "value_share_quarter",
        ("agreement_key", "quarter"),
        value_share.value_share_quarter,
        leeway=0.0301,  # of cents, at most three times rounded
    ),
    Mart(
        "vendor_quarter_kpi",
        ("vendor_key", "quarter", "score_version", "metric_id"),
        health.kpis_but_ppm,
        only="unit <> 'ppm'",
        leeway=5e-5,
    ),
    Mart(
        "vendor_quarter_kpi",
        ("vendor_key", "quarter", "score_version", "metric_id"),
        health.kpis_in_ppm,
        only="unit = 'ppm'",
        leeway=0.1,
    ),
    Mart(
        "vendor_quarter_health",
        ("vendor_key", "quarter", "score_version"),
        health.vendor_quarter_health,
        leeway=5e-4,
    ),
    Mart(
        "ecosystem_quarter",
        ("quarter", "metric_id"),
        targets.vendor_nps,
        ("value", "n", "state", "lower_bound", "upper_bound"),
        "metric_id = 'vendor_nps'",
    ),
    *(
        Mart(
            "ecosystem_quarter",
            ("quarter", "metric_id"),
            rows,
            ("value", "n", "state", "lower_bound", "upper_bound"),
            f"metric_id = '{metric}'",
        )
        for metric, rows in (
            ("joint_kpi_achievement_rate", targets.joint_kpi_achievement),
            ("quality_alert_resolution_within_24h", targets.quality_alerts),
            ("savings_reinvested", targets.savings_reinvested),
        )
    ),
    Mart(
        "ecosystem_quarter",
        ("quarter", "metric_id"),
        targets.submissions,
        ("value", "n", "state"),
        "metric_id like 'innovation_submissions%'",
    ),
)  # fmt: skip
