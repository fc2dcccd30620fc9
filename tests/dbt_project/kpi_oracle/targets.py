"""The targets of the ecosystem by quarter: met, not met, cannot tell."""

from datetime import date, datetime
from typing import Any

from tests.dbt_project.kpi_oracle.observed import Seen, quarter
from tests.dbt_project.kpi_oracle.orders import orders
from tests.dbt_project.kpi_oracle.parties import parties
from tests.dbt_project.kpi_oracle.relationship import IN, nps, proposals, votes

Row = dict[str, Any]


def after(first_day: date) -> date:
    """The first day of the next quarter."""
    return date(first_day.year + first_day.month // 10, (first_day.month + 2) % 12 + 1, 1)


def quarters(readings: Seen, as_of: datetime) -> list[date]:
    """Every quarter from the first order, vote or proposal to the as-of time."""
    days = {
        history.newest.content["PurchaseOrderDate"] for history in orders(readings).headers.values() if history.newest
    }
    days |= {vote.wave for vote in votes(readings)} | {idea.submitted for idea in proposals(readings)}
    found = [quarter(min(days))] if days else []
    while found and after(found[-1]) <= as_of.date():
        found.append(after(found[-1]))
    return found


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
        score = nps(vote for vote in cast if vote.wave == first_day)
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


def _row(
    first_day: date, metric: str, value: float | None, n: int, state: str, lower: float | None = None,
    upper: float | None = None,
) -> Row:  # fmt: skip
    return {
        "quarter": first_day, "metric_id": metric, "value": value, "n": n, "state": state,
        "lower_bound": lower, "upper_bound": upper,
    }  # fmt: skip
