"""Lead time with the lines that have not come yet: Kaplan and Meier's estimate, written out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import exp, log, sqrt
from typing import Any

from tests.dbt_project.kpi_oracle.delivery import schedule_lines
from tests.dbt_project.kpi_oracle.observed import Seen, month, quarter
from tests.dbt_project.kpi_oracle.statistics import Z

HORIZON = 180
ALL_ORDERS = date(1900, 1, 1)


@dataclass(frozen=True)
class Wait:
    """How long something has waited, and whether it came; what did not is censored there."""

    length: float
    came: bool
    is_cancelled: bool


@dataclass(frozen=True)
class Step:
    """The curve from a length of waiting on: the share still waiting, with its interval."""

    length: float
    waiting: float
    lower: float
    upper: float


def curve(waits: Sequence[Wait]) -> list[Step]:
    """The share that still waits after each length at which something came; log-log interval by Greenwood's sum."""
    waiting, greenwood, steps = 1.0, 0.0, []
    for length in sorted({wait.length for wait in waits if wait.came}):
        at_risk = sum(1 for wait in waits if wait.length >= length)
        came = sum(1 for wait in waits if wait.came and wait.length == length)
        waiting *= 1 - came / at_risk
        if came == at_risk:
            # nobody is left, and how many would have been is not known
            steps.append(Step(length, 0.0, 0.0, 1.0))
            continue
        greenwood += came / (at_risk * (at_risk - came))
        spread = Z * sqrt(greenwood) / abs(log(waiting))
        steps.append(Step(length, waiting, waiting ** exp(spread), waiting ** exp(-spread)))
    return steps


def reached(steps: Sequence[Step], share: float, which: str) -> float | None:
    """The shortest wait after which at least that share has come; None while the curve does not say."""
    # a hair above, because products of shares are not exact
    return next((float(step.length) for step in steps if getattr(step, which) <= 1 - share + 1e-12), None)


def restricted_mean(waits: Sequence[Wait], steps: Sequence[Step]) -> float | None:
    """The area under the curve up to the horizon; None where nothing was observed that long."""
    is_over = bool(steps) and steps[-1].waiting == 0.0
    if not is_over and max(wait.length for wait in waits) < HORIZON:
        return None
    area, before, height = 0.0, 0.0, 1.0
    for step in [*steps, Step(int(HORIZON), 0.0, 0.0, 0.0)]:
        until = min(max(step.length, 0), HORIZON)
        area += (until - before) * height
        before, height = until, step.waiting
    return area


def lead_time(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """Lead time by vendor and cohort of the order."""
    cohorts: dict[Any, list[Wait]] = {}
    for part in schedule_lines(readings, as_of):
        if not part.is_performance or part.order_date is None:
            continue
        until = part.in_full or (part.cancelled_at.date() if part.cancelled_at else as_of.date())
        # a framework's date is no release, and what came before it was ordered has no duration
        if part.order_type == "FO" or until < part.order_date:
            continue
        wait = Wait((until - part.order_date).days, part.in_full is not None, part.is_cancelled)
        for cohort in (("month", month(part.order_date)), ("quarter", quarter(part.order_date)), ("all", ALL_ORDERS)):
            cohorts.setdefault((part.vendor, *cohort), []).append(wait)
    rows = []
    for (vendor, cohort, start), waits in cohorts.items():
        steps = curve(waits)
        came = [wait.length for wait in waits if wait.came]
        row: dict[str, Any] = {
            "vendor_key": vendor,
            "cohort": cohort,
            "cohort_start": start,
            "lines": len(waits),
            "delivered_lines": len(came),
            "open_lines": sum(1 for wait in waits if not wait.came and not wait.is_cancelled),
            "cancelled_lines": sum(1 for wait in waits if wait.is_cancelled),
            "restricted_mean_days": restricted_mean(waits, steps),
            "delivered_only_p50_days": float(sorted(came)[(len(came) - 1) // 2]) if came else None,
        }
        for name, share in (("lead_time_p50", 0.5), ("lead_time_p90", 0.9)):
            row[name] = reached(steps, share, "waiting")
            row[f"{name}_n"] = len(waits)
            row[f"{name}_lower"] = reached(steps, share, "lower")
            row[f"{name}_upper"] = reached(steps, share, "upper")
        rows.append(row)
    return rows
