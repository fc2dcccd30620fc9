"""Votes of vendors on us and of our people on vendors, and proposals with the gate of actionable."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from statistics import mean
from typing import Any

from tests.dbt_project.kpi_oracle.observed import Seen, month, plain, quarter
from tests.dbt_project.kpi_oracle.parties import letters_and_digits, parties, rows_of
from tests.dbt_project.kpi_oracle.statistics import net_promoters

LEAST_RESPONDENTS = 10
IN, OUT = "vendor_rates_us", "stakeholder_rates_vendor"


@dataclass(frozen=True)
class Answer:
    """An answer to a survey; a vote is the last answer of a respondent in a wave, on the scale."""

    key: str
    account: tuple[str, str]
    vendor: str | None
    direction: str
    score: float | None
    wave: date
    submitted: datetime
    excluded: str | None


@dataclass(frozen=True)
class Proposal:
    """A proposal; the same title of an account was submitted before if it is a repeat."""

    key: str
    vendor: str | None
    submitted: date
    is_repeat: bool
    is_complete: bool

    @property
    def is_actionable(self) -> bool:
        return self.is_complete and not self.is_repeat


@lru_cache(maxsize=2)
def answers(readings: Seen) -> list[Answer]:
    """Every answer that could be read: one vote for each respondent, wave, direction and account, and why not for the
    others. An anonymous answer is of a respondent of its own."""
    vendors = parties(readings).of_account
    found: dict[Any, list[Answer]] = defaultdict(list)
    needed = ("Score__c", "Submitted_At__c")
    for key, history in rows_of(readings, "survey_response", "Id", "SystemModstamp", needed).items():
        row = history.newest.content if history.newest else None
        if row is None or row["IsDeleted"]:
            continue
        submitted, score = row["Submitted_At__c"], row["Score__c"]
        named = re.fullmatch(r"(\d{4})-Q([1-4])", row["Wave__c"] or "")
        wave = date(int(named[1]), int(named[2]) * 3 - 2, 1) if named else quarter(submitted.date())
        is_off_scale = score is None or not 0 <= score <= 10
        account = (key[0], row["Account__c"])
        answer = Answer(
            key=":".join(key),
            account=account,
            vendor=vendors.get(account),
            direction=row["Direction__c"],
            score=None if score is None else float(score),
            wave=wave,
            submitted=submitted,
            excluded="off_scale" if is_off_scale else None,
        )
        voter = (*account, row["Direction__c"], wave, row["Respondent_Email__c"] or ("anonymous", key))
        found[(*voter, is_off_scale)].append(answer)
    for own in found.values():
        own.sort(key=lambda answer: (answer.submitted, answer.key))
        own[:-1] = [replace(answer, excluded=answer.excluded or "superseded") for answer in own[:-1]]
    return [answer for own in found.values() for answer in own]


def votes(readings: Seen) -> list[Answer]:
    """The answers that count."""
    return [answer for answer in answers(readings) if answer.excluded is None]


def fct_survey_response(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every answer."""
    return [
        {
            "response_key": answer.key,
            "vendor_key": answer.vendor,
            "direction": answer.direction,
            "wave_quarter": answer.wave,
            "submitted_at": answer.submitted,
            "score": answer.score,
            "vote": None
            if answer.score is None or answer.excluded == "off_scale"
            else "promoter"
            if answer.score >= 9
            else "detractor"
            if answer.score <= 6
            else "passive",
            "is_counted": answer.excluded is None,
            "exclusion_reason": answer.excluded,
        }
        for answer in answers(readings)
    ]


def survey_quarter(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The score of each wave by vote and by vendor; an account that is no known vendor is one of its own."""
    cast = votes(readings)
    rows = []
    for first_day, direction in sorted({(vote.wave, vote.direction) for vote in cast}):
        own = [vote for vote in cast if (vote.wave, vote.direction) == (first_day, direction)]
        before = [vote for vote in cast if vote.direction == direction and vote.wave < first_day]
        by_vendor: dict[Any, list[float]] = defaultdict(list)
        for vote in own:
            by_vendor[vote.vendor or vote.account].append(vote.score or 0.0)
        of_votes = nps(vote.score or 0.0 for vote in own)
        of_vendors = nps(mean(scores) for scores in by_vendor.values())
        rows.append(
            {
                "quarter": first_day,
                "direction": direction,
                **{f"nps{suffix}": value for suffix, value in of_votes.items()},
                **{f"nps_by_vendor{suffix}": value for suffix, value in of_vendors.items()},
                "silent_vendors": len({vote.vendor or vote.account for vote in before} - by_vendor.keys()),
            }
        )
    return rows


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
                key=":".join(key),
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


def nps(given: Iterable[float]) -> dict[str, Any]:
    """The score with its count and interval; below ten respondents only the count."""
    scores = list(given)
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
            of_direction = nps(vote.score or 0.0 for vote in own if vote.direction == direction)
            row |= {f"{name}{suffix}": value for suffix, value in of_direction.items()}
        row["proposals_submitted"] = len(submitted)
        row["proposals_actionable"] = sum(1 for idea in submitted if idea.is_actionable)
        rows.append(row)
    return rows
