"""The KPIs of vendor health and the warnings in words, as data."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """``noun`` is what its ``n`` counts, in the plural; ``origin`` the system that knows it."""

    label: str
    definition_id: str
    noun: str
    origin: str


MEASURES: Mapping[str, Measure] = {
    "otd_first_promise": Measure("On time, first promise", "otd_first_promise", "lines due", "ERP"),
    "otd_latest_promise": Measure("On time, latest promise", "otd_latest_promise", "lines due", "ERP"),
    "defect_ppm": Measure("Defective parts", "defect_ppm_registered", "units", "ERP"),
    "lot_acceptance": Measure("Accepted inspection lots", "lot_rejection_rate", "lots", "ERP"),
    "price_variance_contract": Measure("Price above contract", "price_variance", "invoice lines", "ERP"),
    "tickets_within_target": Measure("Tickets within 24 hours", "tickets_within_target", "tickets", "SLA portal"),
    "availability": Measure("Availability", "availability", "months of items", "SLA portal"),
    "proposals_actionable": Measure("Actionable proposals", "innovation_submissions", "proposals", "CRM"),
    "stakeholder_nps": Measure("What our people say (NPS)", "stakeholder_nps", "votes", "CRM"),
}
# What each rule says of a vendor or a line, shortly.
RULES: Mapping[str, str] = {
    "delivery_slip": "Later deliveries",
    "lead_time_growth": "Longer lead times",
    "quality_dip": "More defective parts",
    "lot_rejections": "More rejected lots",
    "quality_notifications": "More complaints",
    "price_jump": "Higher prices",
    "service_breaches": "More missed ticket targets",
    "service_slowdown": "Slower tickets",
    "relationship_drop": "Worse votes",
    "overdue": "Overdue",
    "promise_moved_later": "Promised later",
    "no_confirmation": "Not confirmed",
    "likely_late": "Likely late",
}
# What a page shows of each mart, for readers who must know that it is old.
READ_WORDS: Mapping[str, str] = {
    "vendor_quarter_health": "scores and KPIs",
    "vendor_month": "figures by month",
    "vendor_warning": "alerts",
    "early_warning": "order lines to act on",
    "fct_schedule_line": "order lines",
    "fct_quality_notification": "complaints",
    "fct_service_ticket": "tickets",
    "price_variance": "prices",
    "fct_proposal": "proposals",
    "pilot_scorecard": "pilots",
    "fct_saving": "savings",
    "fct_reinvestment": "reinvestments",
}


def rule_words(rule_id: str) -> str:
    """The rule in words; one that has none yet, by its id."""
    return RULES.get(rule_id, rule_id.replace("_", " ").capitalize())
