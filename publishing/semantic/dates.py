"""By which date each mart is looked at."""

from publishing.semantic.contract import Contract

CALENDAR, DAY = "dim_calendar", "calendar_date"
# The date that a fact is looked at by, where it has several; Power BI reaches the others by USERELATIONSHIP.
DATE_OF_TABLE = {
    "early_warning": "first_promise_date",
    "ecosystem_quarter": "quarter",
    "fct_availability": "month",
    "fct_contract_renewal": "due_date",
    "fct_engagement": "held_on",
    "fct_goods_receipt": "posting_date",
    "fct_inspection_lot": "decided_date",
    "fct_invoice_line": "posting_date",
    "fct_joint_kpi": "quarter",
    "fct_pilot": "start_date",
    "fct_pilot_criterion": "pilot_start_date",
    "fct_promise_change": "to_date",
    "fct_proposal": "quarter",
    "fct_quality_notification": "received_date",
    "fct_reinvestment": "booked_on",
    "fct_roadmap_item": "planned_start",
    "fct_saving": "identified_on",
    "fct_schedule_line": "first_promise_date",
    "fct_stock_day": "stock_date",
    "fct_survey_response": "wave_quarter",
    "innovation_funnel": "quarter",
    "lead_time": "cohort_start",
    "pilot_scorecard": "start_date",
    "price_variance": "quarter",
    "reinvestment_pool": "booked_on",
    "reinvestment_quarter": "quarter",
    "restatement": "period",
    "stock_cover": "stock_date",
    "survey_quarter": "quarter",
    "target_warning": "quarter",
    "value_share_quarter": "quarter",
    "vendor_month": "month",
    "vendor_quarter_health": "quarter",
    "vendor_quarter_kpi": "quarter",
    "vendor_warning": "likely_since_date",
    "vendor_warning_evidence": "event_date",
    "vendor_warning_month": "month_date",
}
# Dates of these say nothing about when something happened.
WITHOUT_CALENDAR = frozenset({CALENDAR, "dim_material", "kpi_definition", "vendor_merger"})


def tables_without_a_date(contract: Contract) -> list[str]:
    """Tables with dates of which none was chosen: a new mart has to say what it is looked at by."""
    return [
        table.name
        for table in contract.tables.values()
        if table.name not in WITHOUT_CALENDAR
        and any(column.type == "DATE" for column in table.columns)
        and not table.has(DATE_OF_TABLE.get(table.name, ""))
    ]
