"""The targets of the ecosystem by quarter: met, not met, cannot tell."""

from datetime import date, datetime
from typing import Any

from tests.dbt_project.kpi_oracle.observed import Seen, quarter
from tests.dbt_project.kpi_oracle.parties import parties
from tests.dbt_project.kpi_oracle.programme import joint_kpis
from tests.dbt_project.kpi_oracle.quality import notifications
from tests.dbt_project.kpi_oracle.quarters import after, quarters
from tests.dbt_project.kpi_oracle.relationship import IN, nps, proposals, votes
from tests.dbt_project.kpi_oracle.saving import reinvestment_quarter
from tests.dbt_project.kpi_oracle.statistics import wilson

Row = dict[str, Any]


def counted(value: float, target: float, first_day: date, as_of: datetime) -> str:
    """A count is met once reached, and not met once the quarter is over."""
    if value >= target:
        return "met"
    return "not met" if after(first_day) <= as_of.date() else "cannot tell"


def estimated(value: float | None, lower: float | None, upper: float | None, target: float) -> str:
    """Met or not when the whole interval says so."""
    if value is None or lower is None or upper is None:
        return "cannot tell"
    return "met" if lower >= target else "not met" if upper < target else "cannot tell"


def vendor_nps(readings: Seen, as_of: datetime) -> list[Row]:
    """Votes of vendors on us, by the quarter of their wave."""
    cast = [vote for vote in votes(readings) if vote.direction == IN]
    rows = []
    for first_day in quarters(readings, as_of):
        score = nps(vote.score or 0.0 for vote in cast if vote.wave == first_day)
        state = estimated(score[""], score["_lower"], score["_upper"], 40)
        rows.append(_row(first_day, "vendor_nps", score[""], score["_n"], state, score["_lower"], score["_upper"]))
    return rows


def submissions(readings: Seen, as_of: datetime) -> list[Row]:
    """Actionable proposals by the quarter of submission: in total, and for each strategic vendor."""
    ideas = proposals(readings)
    strategic = {vendor.key for vendor in parties(readings).vendors.values() if vendor.is_strategic}
    rows = []
    for first_day in quarters(readings, as_of):
        own = [idea for idea in ideas if quarter(idea.submitted) == first_day and not idea.is_repeat]
        total = sum(1 for idea in own if idea.is_actionable)
        state = counted(total, 3, first_day, as_of)
        rows.append(_row(first_day, "innovation_submissions_total", float(total), len(own), state))
        if strategic:
            of_strategic = [idea for idea in own if idea.vendor in strategic]
            share = sum(1 for idea in of_strategic if idea.is_actionable) / len(strategic)
            state = counted(share, 3, first_day, as_of)
            name = "innovation_submissions_per_strategic_vendor"
            rows.append(_row(first_day, name, share, len(of_strategic), state))
    return rows


def joint_kpi_achievement(readings: Seen, as_of: datetime) -> list[Row]:
    """Achieved of the measurable ones on the list; the bounds are what the undecided ones can still make of it."""
    kpis = joint_kpis(readings, as_of)
    rows = []
    for first_day in quarters(readings, as_of):
        results = [kpi.result for kpi in kpis if kpi.quarter == first_day and kpi.list_state == "on_list"]
        n = len(results) - results.count("not_measurable")
        achieved, undecided = results.count("achieved"), results.count("undecided")
        value, upper = (achieved / n, (achieved + undecided) / n) if n else (None, None)
        state = estimated(value, value, upper, 0.9)
        rows.append(_row(first_day, "joint_kpi_achievement_rate", value, n, state, value, upper))
    return rows


def quality_alerts(readings: Seen, as_of: datetime) -> list[Row]:
    """Complaints by the quarter of their report: completed within a day of those that are decided."""
    alerts = [one for one in notifications(readings) if one.is_complaint and not one.is_withdrawn]
    rows = []
    for first_day in quarters(readings, as_of):
        own = [one for one in alerts if quarter(one.reported.date()) == first_day]
        outcomes = [outcome for one in own if (outcome := one.outcome(as_of)) is not None]
        value = sum(outcomes) / len(outcomes) if outcomes else None
        lower, upper = wilson(sum(outcomes), len(outcomes))
        state = estimated(value, lower, upper, 0.9)
        name = "quality_alert_resolution_within_24h"
        rows.append(_row(first_day, name, value, len(outcomes), state, lower, upper))
    return rows


def savings_reinvested(readings: Seen, as_of: datetime) -> list[Row]:
    """A share of money has no other bounds than itself."""
    return [
        _row(
            row["quarter"],
            "savings_reinvested",
            row["savings_reinvested"],
            row["savings_reinvested_n"],
            estimated(row["savings_reinvested"], row["savings_reinvested"], row["savings_reinvested"], 0.3),
            row["savings_reinvested"],
            row["savings_reinvested"],
        )
        for row in reinvestment_quarter(readings, as_of)
    ]


def _row(
    first_day: date, metric: str, value: float | None, n: int, state: str, lower: float | None = None,
    upper: float | None = None,
) -> Row:  # fmt: skip
    return {
        "quarter": first_day, "metric_id": metric, "value": value, "n": n, "state": state,
        "lower_bound": lower, "upper_bound": upper,
    }  # fmt: skip
