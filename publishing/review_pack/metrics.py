"""The KPIs against which a strategic vendor is reviewed, and how each stands."""

from dataclasses import dataclass

from publishing.review_pack.intervals import Kind
from publishing.review_pack.rows import Row
from publishing.site.states import CANNOT_TELL, MET, MISSED, NO_DATA, State


@dataclass(frozen=True)
class Metric:
    """A KPI of the mart ``vendor_quarter_kpi``.

    ``noun`` is what its n counts; ``own_interval`` the kind of interval that follows from the value and its n alone. A
    count is what it is: the interval of its rate says nothing about the target.
    """

    id: str
    pillar: str
    title: str
    noun: str
    definition_id: str
    own_interval: Kind = "none"
    is_count: bool = False


METRICS = (
    Metric(
        "otd_first_promise", "delivery", "On time against the first promise", "lines due", "otd_first_promise", "share"
    ),
    Metric(
        "otd_latest_promise",
        "delivery",
        "On time against the latest promise",
        "lines due",
        "otd_latest_promise",
        "share",
    ),
    Metric("lot_acceptance", "quality", "Inspected lots accepted", "lots inspected", "lot_rejection_rate", "share"),
    Metric("defect_ppm", "quality", "Defective parts per million", "units received", "defect_ppm_registered", "rate"),
    Metric("price_variance_contract", "cost", "Price paid against the contract", "invoice lines", "price_variance"),
    Metric(
        "tickets_within_target",
        "service",
        "Tickets resolved within 24 hours",
        "tickets",
        "tickets_within_target",
        "share",
    ),
    Metric("availability", "service", "Availability", "items in service", "availability"),
    Metric(
        "proposals_actionable",
        "innovation",
        "Actionable proposals",
        "proposals",
        "innovation_submissions",
        is_count=True,
    ),
    Metric("stakeholder_nps", "relationship", "Our people's rating (stakeholder NPS)", "votes", "stakeholder_nps"),
)
BY_ID = {metric.id: metric for metric in METRICS}


def higher_is_better(row: Row) -> bool:
    """Which way a KPI improves, as its anchors tell."""
    return bool(row["stretch_value"] > row["floor_value"])


def state_of(row: Row | None, metric: Metric, is_over: bool) -> State:
    """Met, not met, cannot tell or no data.

    A KPI that was sampled is judged by its whole interval; one without an interval and a count by the value itself. A
    count that is short of its target can still reach it while the quarter runs.
    """
    if row is None or row["value"] is None:
        return NO_DATA
    sign = 1 if higher_is_better(row) else -1
    target = row["target_value"] * sign
    bounds = [row["shrunk_value_lower"], row["shrunk_value_upper"]]
    if metric.is_count or None in bounds:
        if row["value"] * sign >= target:
            return MET
        return MISSED if is_over or not metric.is_count else CANNOT_TELL
    lowest, highest = sorted(bound * sign for bound in bounds)
    if lowest >= target:
        return MET
    return MISSED if highest < target else CANNOT_TELL
