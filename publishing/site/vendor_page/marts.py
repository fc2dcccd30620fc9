"""Which marts a vendor's page reads, as data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Read:
    """A mart with its vendor's rows; ``order`` (columns, after the vendor) makes the same rows the same bytes."""

    mart: str
    order: tuple[str, ...] = ()


READS = (
    Read("dim_vendor"),
    Read("vendor_quarter_health", ("quarter", "score_version")),
    Read("vendor_quarter_kpi", ("quarter", "pillar", "metric_id", "score_version")),
    Read("vendor_month", ("month",)),
    Read("vendor_warning", ("started_at", "signal_key")),
    Read("vendor_warning_evidence", ("signal_key", "evidence_rank")),
    Read("early_warning", ("started_at", "signal_key")),
    Read("fct_schedule_line", ("order_date", "schedule_line_key")),
    Read("lead_time", ("cohort", "cohort_start")),
    Read("fct_quality_notification", ("reported_at", "quality_notification_key")),
    Read("fct_service_ticket", ("opened_at", "ticket_key")),
    Read("price_variance", ("quarter", "price_variance_key")),
    Read("fct_proposal", ("submitted_date", "proposal_key")),
    Read("pilot_scorecard", ("start_date", "pilot_key")),
    Read("fct_saving", ("identified_on", "saving_key")),
    Read("fct_reinvestment", ("booked_on", "reinvestment_key")),
)
# Figures of the vendor's category, told only where enough other vendors have one; see docs/sharing.md.
PEERS = ("vendor_quarter_health_peers", "vendor_month_peers")
# For increments only: it says nothing to a reader.
LEFT_OUT = ("order_bucket",)
