"""Votes of vendors on us and of our people on vendors, and proposals with the gate of actionable."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tests.dbt_project.kpi_oracle.observed import Seen, month, plain, quarter
from tests.dbt_project.kpi_oracle.parties import letters_and_digits, parties, rows_of
from tests.dbt_project.kpi_oracle.statistics import net_promoters

LEAST_RESPONDENTS = 10
IN, OUT = "vendor_rates_us", "stakeholder_rates_vendor"


@dataclass(frozen=True)
class Vote:
    """The last answer of a respondent in a wave."""

    vendor: str | None
    direction: str
    score: float
    wave: date
    submitted: datetime


@dataclass(frozen=True)
class Proposal:
    """A proposal; the same title of an account was submitted before if it is a repeat."""

    vendor: str | None
    submitted: date
    is_repeat: bool
    is_complete: bool

    @property
    def is_actionable(self) -> bool:
        return self.is_complete and not self.is_repeat


@lru_cache(maxsize=2)
def votes(readings: Seen) -> list[Vote]:
    """One vote for each respondent, wave, direction and account; an anonymous answer is a vote of its own."""
    vendors = parties(readings).of_account
    last: dict[Any, tuple[Any, Vote]] = {}
    answers = rows_of(readings, "survey_response", "Id", "SystemModstamp", ("Score__c", "Submitted_At__c"))
    for key, history in answers.items():
        row = history.newest.content if history.newest else None
        if row is None or row["IsDeleted"] or row["Score__c"] is None or not 0 <= row["Score__c"] <= 10:
            continue
        submitted = row["Submitted_At__c"]
        named = re.fullmatch(r"(\d{4})-Q([1-4])", row["Wave__c"] or "")
        wave = date(int(named[1]), int(named[2]) * 3 - 2, 1) if named else quarter(submitted.date())
        account = (key[0], row["Account__c"])
        voter = (*account, row["Direction__c"], wave, row["Respondent_Email__c"] or ("anonymous", key))
        place = (submitted, key[1])
        if voter not in last or last[voter][0] < place:
            vote = Vote(vendors.get(account), row["Direction__c"], float(row["Score__c"]), wave, submitted)
            last[voter] = (place, vote)
    return [vote for _, vote in last.values()]


@lru_cache(maxsize=2)
def proposals(readings: Seen) -> list[Proposal]:
    """Proposals in the order of submission."""
    vendors = parties(readings).of_account
    known_rows = rows_of(readings, "innovation_proposal", "Id", "SystemModstamp", ("Submitted_Date__c",))
    newest = [
        (key, history.newest.content)
        for key, history in known_rows.items()
        if history.newest and not history.newest.content["IsDeleted"]
    ]
    found, titles = [], set()
    for key, row in sorted(newest, key=lambda pair: (pair[1]["Submitted_Date__c"], pair[0])):
        title = (key[0], row["Account__c"], letters_and_digits(row["Title__c"]))
        gate = (row["Problem__c"], row["Benefit_Estimate__c"], row["Proposal_Owner__c"], row["Next_Step__c"])
        effort = (row["Cost_To_Implement__c"], row["Time_To_Implement_Days__c"])
        found.append(
            Proposal(
                vendor=vendors.get((key[0], row["Account__c"])),
                submitted=row["Submitted_Date__c"],
                is_repeat=title[2] is not None and title in titles,
                is_complete=all(_is_given(part) for part in gate) and any(_is_given(part) for part in effort),
            )
        )
        titles.add(title)
    return found


def _is_given(value: Any) -> bool:
    return plain(value) is not None if isinstance(value, str) else isinstance(value, Decimal)


def nps(cast: Iterable[Vote]) -> dict[str, Any]:
    """The score with its count and interval; below ten respondents only the count."""
    scores = [vote.score for vote in cast]
    if len(scores) < LEAST_RESPONDENTS:
        return {"": None, "_n": len(scores), "_lower": None, "_upper": None}
    score, margin = net_promoters(scores)
    return {"": score, "_n": len(scores), "_lower": max(score - margin, -100.0), "_upper": min(score + margin, 100.0)}


def vendor_month(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """Votes in the month they were given, proposals in the month of their submission."""
    cast = [vote for vote in votes(readings) if vote.vendor]
    ideas = [proposal for proposal in proposals(readings) if proposal.vendor]
    months = {(vote.vendor, month(vote.submitted.date())) for vote in cast}
    months |= {(idea.vendor, month(idea.submitted)) for idea in ideas}
    rows = []
    for vendor, first_day in sorted(months, key=str):
        own = [vote for vote in cast if (vote.vendor, month(vote.submitted.date())) == (vendor, first_day)]
        submitted = [
            idea for idea in ideas if (idea.vendor, month(idea.submitted)) == (vendor, first_day) and not idea.is_repeat
        ]
        row: dict[str, Any] = {"vendor_key": vendor, "month": first_day}
        for name, direction in (("vendor_nps", IN), ("stakeholder_nps", OUT)):
            of_direction = nps(vote for vote in own if vote.direction == direction)
            row |= {f"{name}{suffix}": value for suffix, value in of_direction.items()}
        row["proposals_submitted"] = len(submitted)
        row["proposals_actionable"] = sum(1 for idea in submitted if idea.is_actionable)
        rows.append(row)
    return rows
