"""Targets that are agreed with each strategic vendor for a quarter."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.world.companies import Company
from sandbox.world.crm_records import Change, measure, record
from sandbox.world.draws import Draws, Stream, days_later
from sandbox.world.history import Document
from sandbox.world.relations import quarter_starts

PER_VENDOR = (2, 4)
AGREED_LATE = 0.07
"""Probability that a target is agreed only after its quarter has begun."""
NOT_MEASURABLE, DROPPED, NEVER_MEASURED = 0.09, 0.05, 0.03
ACHIEVED = {2023: 0.72, 2024: 0.74, 2025: 0.86, 2026: 0.94}
TARGETS = (
    # title, unit, direction, baseline, target
    ("On-time delivery to the first promise", "%", "higher", 88, 95),
    ("Complaints per million pieces", "ppm", "lower", 1200, 600),
    ("Days to confirm an order", "days", "lower", 5, 2),
    ("Forecast accuracy", "%", "higher", 70, 85),
    ("Packaging waste", "t", "lower", 40, 30),
    ("Ideas answered within ten days", "%", "higher", 60, 90),
)


def make_joint_kpis(seed: int, companies: Sequence[Company]) -> list[Document]:
    """Two to four targets per strategic vendor and quarter: some not measurable, some dropped, the later the better."""
    draws = Draws(seed, Stream.JOINT_KPIS)
    strategic = [company for company in companies if company.is_strategic]
    documents: list[Document] = []
    for start in quarter_starts():
        for company in strategic:
            for target in draws.shuffled(TARGETS)[: draws.between(*PER_VENDOR)]:
                documents.append(_joint_kpi(draws, len(documents) + 1, company, start, target))
    return documents


def _joint_kpi(
    draws: Draws, number: int, company: Company, start: date, target: tuple[str, str, str, float, float]
) -> Document:
    title, unit, direction, baseline, goal = target
    is_measurable = not draws.chance(NOT_MEASURABLE)
    agreed_at = draws.working_second(
        days_later(start, draws.between(3, 25) if draws.chance(AGREED_LATE) else -draws.between(1, 14))
    )
    proposed_at = agreed_at - timedelta(days=draws.between(3, 20))
    first: dict[str, Any] = {
        "Name": f"JK-{number:05d}",
        "Account__c": company.account_id,
        "Title__c": title,
        "Quarter__c": f"{start.year}-Q{(start.month + 2) // 3}",
        "Agreed_On__c": None,
        "Is_Measurable__c": is_measurable,
        "Unit__c": unit if is_measurable else "",
        "Direction__c": direction,
        "Baseline_Value__c": measure(baseline) if is_measurable else None,
        "Target_Value__c": measure(goal) if is_measurable else None,
        "Actual_Value__c": None,
        "Status__c": "Proposed",
    }
    changes: list[Change] = [(agreed_at, {"Status__c": "Agreed", "Agreed_On__c": agreed_at.date()})]
    is_achieved = draws.chance(ACHIEVED[start.year])
    distance = draws.within(0, 0.08) if is_achieved else -draws.within(0.02, 0.25)
    measured_at = _measured_at(draws, start)
    if draws.chance(DROPPED):
        changes.append((draws.working_second(days_later(start, draws.between(30, 80))), {"Status__c": "Dropped"}))
    elif is_measurable and not draws.chance(NEVER_MEASURED):
        actual = measure(goal * (1 + (distance if direction == "higher" else -distance)))
        changes.append((measured_at, {"Status__c": "Measured", "Actual_Value__c": actual}))
    return record("joint_kpi", number, proposed_at, first, changes)


def _measured_at(draws: Draws, start: date) -> datetime:
    """Results are entered in the last week of the quarter or the three weeks after."""
    return draws.working_second(days_later(start, draws.between(84, 112)))
