"""Which measures there are besides those of ``vendor_month``, and what cannot be read off a column there."""

from dataclasses import dataclass

# Their value is no share of what their n counts: money over money, hours over hours, a score of votes.
NOT_ADDITIVE = frozenset(
    {"price_variance_standard", "price_variance_contract", "price_variance_last_paid", "availability"}
)

# A measure may not be called like a column of its table, whatever the case of its letters.
NAME_OF_COLUMN = {"availability": "Availability of one month", "complaints": "Complaints reported"}

FOLDER_OF_DEFINITION = {
    "otd_first_promise": "Delivery",
    "otd_latest_promise": "Delivery",
    "otd_requested": "Delivery",
    "slip_days": "Delivery",
    "overdue_lines": "Delivery",
    "lead_time_delivered_only": "Delivery",
    "promise_moves": "Delivery",
    "defect_ppm_registered": "Quality",
    "defect_ppm_received": "Quality",
    "lot_rejection_rate": "Quality",
    "complaints": "Quality",
    "complaints_within_target": "Quality",
    "quality_alert_resolution": "Quality",
    "invoiced_amount": "Cost",
    "price_variance": "Cost",
    "ticket_hours": "Service",
    "ticket_net_hours": "Service",
    "ticket_business_hours": "Service",
    "tickets_within_target": "Service",
    "mttr": "Service",
    "sla_attainment": "Service",
    "underpinning_attainment": "Service",
    "availability": "Service",
    "renewal_lead_days": "Relationship",
    "vendor_nps": "Relationship",
    "stakeholder_nps": "Relationship",
    "innovation_submissions": "Innovation",
}


@dataclass(frozen=True)
class Declared:
    """A measure as declared here; ``kind`` is a name of ``measures.Kind``, the other fields are ``Measure``'s."""

    name: str
    table: str
    kind: str
    folder: str
    column: str = ""
    definition: str = ""
    unit: str = ""
    description: str = ""
    weight: tuple[tuple[int, str], ...] = ()
    counted: str = ""
    lower: str = ""
    upper: str = ""
    where: tuple[tuple[str, str | bool | None], ...] = ()


def _pillar(pillar: str) -> Declared:
    return Declared(
        f"{pillar.capitalize()} score", "vendor_quarter_health", "ONE_ROW", "Health", f"{pillar}_score",
        "vendor_health", counted=f"{pillar}_score_n", where=(("is_headline", True),),
    )  # fmt: skip


def _variance(baseline: str, words: str) -> tuple[Declared, Declared]:
    where = (("baseline", baseline),)
    return (
        Declared(
            f"Price variance against the {words}", "price_variance", "SUM", "Cost", "price_variance", "price_variance",
            unit="money(company currency)", counted="compared_lines", where=where,
        ),
        Declared(
            f"Price variance against the {words} (share)", "price_variance", "WEIGHTED", "Cost", "price_variance_share",
            "price_variance", weight=((1, "baseline_amount"),), counted="compared_lines", where=where,
        ),
    )  # fmt: skip


def _proposals(name: str, flag: str, description: str) -> Declared:
    where = (("is_repeat", False), *(((flag, True),) if flag else ()))
    return Declared(
        name,
        "fct_proposal",
        "COUNT",
        "Innovation",
        definition="innovation_funnel",
        description=description,
        where=where,
    )


_STANDING = (("kind", "saving"), ("is_validated", True), ("is_taken_back", False))
_PERFORMANCE = ("is_vendor_performance", True)

DECLARED = (
    Declared("Vendors", "dim_vendor", "COUNT", "Vendors", description="Vendors of the ERP."),
    Declared("Strategic vendors", "dim_vendor", "COUNT", "Vendors", description="Vendors that the CRM marks strategic.",
             where=(("is_strategic", True),)),
    Declared("Vendor health", "vendor_quarter_health", "ONE_ROW", "Health", "score", "vendor_health", counted="score_n",
             lower="score_lower", upper="score_upper", where=(("is_headline", True),)),
    Declared("Vendors with a score", "vendor_quarter_health", "COUNT", "Health", definition="vendor_health",
             description="Vendors whose health is known in the quarter.",
             where=(("is_headline", True), ("score", None))),
    *(_pillar(pillar) for pillar in ("delivery", "quality", "cost", "service", "innovation", "relationship")),
    Declared("Lines delivered", "fct_schedule_line", "COUNT", "Delivery",
             description="Order lines of vendor performance that are in full.",
             where=(_PERFORMANCE, ("in_full_date", None), ("slip_days", None))),
    Declared("Lines overdue now", "fct_schedule_line", "COUNT", "Delivery", definition="overdue_lines",
             description="Order lines past their first promise and not in full.",
             where=(_PERFORMANCE, ("state", "overdue"))),
    Declared("Lead time, p50", "lead_time", "ONE_ROW", "Delivery", "lead_time_p50", "lead_time",
             counted="lead_time_p50_n", lower="lead_time_p50_lower", upper="lead_time_p50_upper",
             where=(("cohort", "quarter"),)),
    Declared("Lead time, p90", "lead_time", "ONE_ROW", "Delivery", "lead_time_p90", "lead_time",
             counted="lead_time_p90_n", lower="lead_time_p90_lower", upper="lead_time_p90_upper",
             where=(("cohort", "quarter"),)),
    Declared("Warnings on order lines, active", "early_warning", "COUNT", "Alerts",
             description="Episodes of a rule on an order line that are active.", where=(("signal_state", "active"),)),
    Declared("Warnings on vendors, active", "vendor_warning", "COUNT", "Alerts",
             description="Episodes in which a vendor behaves otherwise than usual.",
             where=(("signal_state", "active"),)),
    Declared("Alerts opened", "alert_opening", "COUNT", "Alerts", description="Times that an alert opened."),
    Declared("Alerts open", "alert_opening", "COUNT", "Alerts", description="Alerts that nobody has closed.",
             where=(("state", "open"),)),
    Declared("Alerts answered in time", "alert_opening", "FLAG_SHARE", "Alerts", "is_answered_within_target",
             unit="share"),
    Declared("Alerts that were right", "alert_opening", "FLAG_SHARE", "Alerts", "is_right", unit="share"),
    Declared("Complaints by what was wrong", "fct_quality_notification", "COUNT", "Quality", definition="complaints",
             description="Complaints by the group of the defect.",
             where=(("is_complaint", True), ("is_withdrawn", False))),
    Declared("Lots inspected", "fct_inspection_lot", "COUNT", "Quality", definition="lot_rejection_rate",
             description="Inspection lots with a sample or a rejection.", where=(("is_inspected", True),)),
    *_variance("standard", "standard price"),
    *_variance("contract", "contract price"),
    *_variance("last_paid", "last paid price"),
    Declared("Availability by hours", "fct_availability", "WEIGHTED", "Service", "availability", "availability",
             weight=((1, "scheduled_hours"), (-1, "planned_hours"))),
    Declared("Tickets open", "fct_service_ticket", "COUNT", "Service", description="Tickets that are not resolved.",
             where=(("is_open", True),)),
    _proposals("Proposals", "", "Proposals submitted that repeat no title."),
    _proposals("Proposals answered", "is_triaged", "Of the proposals those that we answered."),
    _proposals("Proposals that pass the gate", "is_actionable", "Of the proposals those that are actionable."),
    _proposals("Proposals piloted", "is_piloted", "Of the proposals those with a pilot."),
    _proposals("Proposals adopted", "is_adopted", "Of the proposals those that we adopted."),
    _proposals("Proposals with realised value", "is_value_realised", "Of the proposals those that have paid off."),
    Declared("Proposals answered in time", "fct_proposal", "FLAG_SHARE", "Innovation", "is_feedback_in_time",
             "innovation_feedback", unit="share", where=(("is_repeat", False),)),
    Declared("Pilots", "fct_pilot", "COUNT", "Innovation", description="Pilots with a vendor."),
    Declared("NPS, vendors rate us", "survey_quarter", "ONE_ROW", "Relationship", "nps", "vendor_nps", counted="nps_n",
             lower="nps_lower", upper="nps_upper", where=(("direction", "vendor_rates_us"),)),
    Declared("NPS, our people rate vendors", "survey_quarter", "ONE_ROW", "Relationship", "nps", "stakeholder_nps",
             counted="nps_n", lower="nps_lower", upper="nps_upper",
             where=(("direction", "stakeholder_rates_vendor"),)),
    Declared("Savings, items", "fct_saving", "COUNT", "Value", description="Savings and avoidances of any stage."),
    Declared("Savings validated", "fct_saving", "COMPLETE_SUM", "Value", "validated_company_amount",
             "savings_validated", where=_STANDING),
    Declared("Savings validated in the quarter", "reinvestment_quarter", "COMPLETE_SUM", "Value", "validated_amount",
             "savings_validated", counted="validated_savings"),
    Declared("Committed in the quarter", "reinvestment_quarter", "COMPLETE_SUM", "Value", "committed_amount"),
    Declared("Reinvested in the quarter", "reinvestment_quarter", "COMPLETE_SUM", "Value", "reinvested_amount"),
    Declared("Bonuses in the quarter", "reinvestment_quarter", "COMPLETE_SUM", "Value", "bonus_amount"),
    Declared("Savings reinvested", "reinvestment_quarter", "ONE_ROW", "Value", "savings_reinvested",
             "savings_reinvested", counted="savings_reinvested_n"),
    Declared("Value of the target's metric", "ecosystem_quarter", "ONE_ROW", "Targets", "value", counted="n",
             lower="lower_bound", upper="upper_bound"),
    Declared("Target of the metric", "ecosystem_quarter", "ONE_ROW", "Targets", "target"),
    Declared("State of the target", "ecosystem_quarter", "ONE_ROW", "Targets", "state"),
    Declared("Feeds", "feed_status", "COUNT", "Trust", description="Feeds that are configured."),
    Declared("Feeds that are stale", "feed_status", "COUNT", "Trust",
             description="Feeds whose last complete run is too old.", where=(("is_stale", True),)),
)  # fmt: skip
