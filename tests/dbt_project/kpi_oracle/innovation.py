"""Proposals with the stages they have reached, and the funnel that they make."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from tests.dbt_project.kpi_oracle.crm import CrmObject, crm_objects
from tests.dbt_project.kpi_oracle.observed import Seen, quarter
from tests.dbt_project.kpi_oracle.pilots import pilots
from tests.dbt_project.kpi_oracle.quarters import quarters
from tests.dbt_project.kpi_oracle.relationship import Proposal, proposals
from tests.dbt_project.kpi_oracle.saving import savings
from tests.dbt_project.kpi_oracle.statistics import percentile, wilson

FEEDBACK_DAYS = 14
STAGES = ("triaged", "actionable", "piloted", "adopted", "value_realised")


@dataclass(frozen=True)
class Idea:
    """A proposal and what became of it."""

    told: CrmObject
    gate: Proposal
    reached: frozenset[str]
    waiting_days: int | None
    feedback_days: int | None
    is_feedback_in_time: bool | None

    @property
    def submitted(self) -> date:
        return self.gate.submitted


@lru_cache(maxsize=2)
def ideas(readings: Seen, as_of: datetime) -> list[Idea]:
    """Every proposal with the stages it has reached by now."""
    told_of = {told.key: told for told in crm_objects(readings, "innovation_proposal", ("Submitted_Date__c",))}
    begun, adopted = set(), set()
    for pilot in pilots(readings):
        if pilot.row["Status__c"] != "Planned":
            begun.add(pilot.named("Proposal__c"))
        if pilot.row["Outcome__c"] == "Adopted":
            adopted.add(pilot.named("Proposal__c"))
    realised = {
        saving.told.named("Proposal__c") for saving in savings(readings) if saving.stage in ("realised", "validated")
    }
    found = []
    for gate in proposals(readings):
        told = told_of[gate.key]
        status, feedback_at = told.row["Status__c"], told.row["First_Feedback_At__c"]
        stages = {
            "triaged": status != "Submitted" or feedback_at is not None,
            "actionable": gate.is_actionable,
            "piloted": told.key in begun,
            "adopted": status == "Adopted" or told.key in adopted,
            "value_realised": told.key in realised,
        }
        age = (as_of.date() - gate.submitted).days
        feedback = (feedback_at.date() - gate.submitted).days if feedback_at else None
        is_waiting = not stages["piloted"] and not stages["adopted"] and status != "Rejected"
        silence = False if age > FEEDBACK_DAYS else None
        found.append(
            Idea(
                told=told,
                gate=gate,
                reached=frozenset(name for name, is_reached in stages.items() if is_reached),
                waiting_days=age if is_waiting else None,
                feedback_days=feedback,
                is_feedback_in_time=silence if feedback is None else feedback <= FEEDBACK_DAYS,
            )
        )
    return found


def fct_proposal(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every proposal."""
    return [
        {
            "proposal_key": idea.told.key,
            "vendor_key": idea.told.vendor,
            "status": idea.told.row["Status__c"],
            "submitted_date": idea.submitted,
            "quarter": quarter(idea.submitted),
            "is_repeat": idea.gate.is_repeat,
            **{f"is_{stage}": stage in idea.reached for stage in STAGES},
            "is_waiting": idea.waiting_days is not None,
            "waiting_days": idea.waiting_days,
            "first_feedback_at": idea.told.row["First_Feedback_At__c"],
            "feedback_days": idea.feedback_days,
            "is_feedback_in_time": idea.is_feedback_in_time,
            "benefit_estimate": idea.told.number("Benefit_Estimate__c"),
            "cost_to_implement": idea.told.number("Cost_To_Implement__c"),
            "days_to_implement": idea.told.row["Time_To_Implement_Days__c"],
        }
        for idea in ideas(readings, as_of)
    ]


def innovation_funnel(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """How far the proposals of a quarter have come: by vendor, and all together in every quarter."""
    counted = [idea for idea in ideas(readings, as_of) if not idea.gate.is_repeat]
    parts: dict[tuple[str, str | None, date], list[Idea]] = defaultdict(list)
    for first_day in quarters(readings, as_of):
        parts["ecosystem", None, first_day] = []
    for idea in counted:
        parts["ecosystem", None, quarter(idea.submitted)].append(idea)
        if idea.told.vendor:
            parts["vendor", idea.told.vendor, quarter(idea.submitted)].append(idea)
    return [
        {"scope": scope, "vendor_key": vendor, "quarter": first_day, **_funnel(own)}
        for (scope, vendor, first_day), own in parts.items()
    ]


def _funnel(own: Sequence[Idea]) -> dict[str, Any]:
    row: dict[str, Any] = {"submitted": len(own)}
    for stage in STAGES:
        reached = sum(1 for idea in own if stage in idea.reached)
        lower, upper = wilson(reached, len(own))
        row |= {
            stage: reached,
            f"{stage}_share": reached / len(own) if own else None,
            f"{stage}_share_lower": lower,
            f"{stage}_share_upper": upper,
        }
    waiting = [float(idea.waiting_days) for idea in own if idea.waiting_days is not None]
    outcomes = [idea.is_feedback_in_time for idea in own if idea.is_feedback_in_time is not None]
    lower, upper = wilson(sum(outcomes), len(outcomes))
    return {
        **row,
        "waiting": len(waiting),
        "waiting_p50_days": percentile(waiting, 0.5),
        "waiting_p90_days": percentile(waiting, 0.9),
        "feedback_in_time": sum(outcomes) / len(outcomes) if outcomes else None,
        "feedback_in_time_n": len(outcomes),
        "feedback_in_time_lower": lower,
        "feedback_in_time_upper": upper,
    }
