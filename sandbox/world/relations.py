"""What the CRM knows of the relation: surveys in both directions, innovation proposals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.companies import Company, fold, salesforce_id
from sandbox.world.draws import Draws, Stream, days_later, midnight
from sandbox.world.history import Document

ROLES = ("Category manager", "Quality engineer", "Plant planner", "R&D lead", "Supplier developer")
STAKEHOLDER_VENDORS = 60
"""Our people rate the largest vendors only."""

_TOPICS = (
    ("Lighter secondary packaging", "Freight cost and waste of the present carton"),
    ("Consignment stock at plant 1010", "Stock-outs after late deliveries"),
    ("Electronic certificates of analysis", "Two days of waiting at goods receipt"),
    ("Reusable cold boxes", "Disposal cost of single-use boxes"),
    ("Alternative excipient grade", "Single source with long lead time"),
    ("Joint demand forecast", "Rush orders at the end of the quarter"),
)


def quarter_starts() -> Iterator[date]:
    """The first days of all quarters of the world."""
    day = p.HISTORY_START
    while day <= p.LAST_DAY:
        yield day
        day = date(day.year + day.month // 10, (day.month + 2) % 12 + 1, 1)


@dataclass(frozen=True, slots=True, order=True)
class Answer:
    """One answer of a survey, imported at 02:00 of the day after."""

    given_at: datetime
    email: str
    account_id: str
    direction: str
    wave: str
    score: int

    @property
    def imported_at(self) -> datetime:
        """When it got into the CRM."""
        return midnight(days_later(self.given_at.date(), 1)) + timedelta(hours=2)


def make_surveys(seed: int, companies: Sequence[Company]) -> list[Document]:
    """One wave per quarter and direction: answers come in from its last two weeks to ten days after its end.

    Answers are imported at 02:00 after the day on which they were given, all in one instant.
    """
    draws = Draws(seed, Stream.SURVEYS)
    answers: list[Answer] = []
    for start in quarter_starts():
        wave = f"{start.year}-Q{(start.month + 2) // 3}"
        opens_on = days_later(start, 77)
        for company in companies:
            if not company.account_id:
                continue
            voices = [("vendor_rates_us", draws.between(1, 3), 8.7)] if draws.chance(0.45) else []
            if company.vendor.rank < STAKEHOLDER_VENDORS:
                mood = 8.9 - 12 * company.vendor.late_rate
                voices.append(("stakeholder_rates_vendor", draws.between(2, 6), mood))
            for direction, voters, mood in voices:
                for voter in range(voters):
                    given_at = draws.working_second(days_later(opens_on, draws.between(0, 24)))
                    score = min(max(round(mood + 1.6 * draws.normal()), 0), 10)
                    host = "ourcompany" if direction.startswith("stakeholder") else f"v{company.vendor.number}"
                    email = f"person{voter + 1}.{company.vendor.number}@{host}.example"
                    answers.append(Answer(given_at, email, company.account_id, direction, wave, score))
    answers.sort(key=lambda answer: (answer.imported_at, answer.given_at, answer.email))
    return answer_records(draws, answers, 1)


def answer_records(
    draws: Draws, answers: Sequence[Answer], first_number: int, corrections: bool = True
) -> list[Document]:
    """The answers as records, numbered in their order; now and then one is corrected two days later."""
    documents = []
    for number, answer in enumerate(answers, start=first_number):
        first: dict[str, Any] = {
            "Id": salesforce_id("a0S", number),
            "Account__c": answer.account_id,
            "Direction__c": answer.direction,
            "Wave__c": answer.wave,
            "Score__c": Decimal(f"{answer.score}.0"),
            "Respondent_Email__c": answer.email,
            "Submitted_At__c": answer.given_at,
            "CreatedDate": answer.imported_at,
            "IsDeleted": False,
        }
        changes = []
        if corrections:
            corrected_at = answer.imported_at + timedelta(days=2, hours=7)
            corrected = [(corrected_at, {"Score__c": Decimal(f"{draws.between(0, 10)}.0")})]
            changes = corrected if draws.chance(0.005) else []
        documents.append(fold((first["Id"],), answer.imported_at, first, changes, "SystemModstamp"))
    return documents


def make_proposals(seed: int, companies: Sequence[Company]) -> list[Document]:
    """Proposals of vendors: complete or not, answered quickly or not, on their way through the funnel."""
    draws = Draws(seed, Stream.PROPOSALS)
    strategic = [company for company in companies if company.is_strategic]
    others = [company for company in companies[:80] if company.account_id and not company.is_strategic]
    submissions = sorted(
        (draws.working_second(days_later(start, draws.between(0, 89))), draws.uniform(), draws.chance(0.7))
        for start in quarter_starts()
        for _ in range(draws.poisson(p.PROPOSALS_PER_QUARTER))
    )
    return [
        _proposal(draws, place, draws.pick(strategic if is_strategic else others), submitted_at)
        for place, (submitted_at, _, is_strategic) in enumerate(submissions)
    ]


def _proposal(draws: Draws, place: int, company: Company, submitted_at: datetime) -> Document:
    title, problem = draws.pick(_TOPICS)
    benefit, cost = draws.lognormal(10.8, 0.9), draws.lognormal(9.6, 0.8)
    is_complete = draws.chance(0.6)
    missing = "" if is_complete else draws.pick(("problem", "benefit", "owner", "step", "cost"))
    first: dict[str, Any] = {
        "Id": salesforce_id("a0P", place + 1),
        "Name": f"IP-{place + 1:05d}",
        "Account__c": company.account_id,
        "Title__c": title,
        "Problem__c": "" if missing == "problem" else problem,
        "Benefit_Estimate__c": None if missing == "benefit" else Decimal(f"{benefit:.2f}"),
        "CurrencyIsoCode": company.vendor.currency,
        "Proposal_Owner__c": "" if missing == "owner" else draws.pick(ROLES),
        "Next_Step__c": "" if missing == "step" else "Review with the plant",
        "Cost_To_Implement__c": None if missing == "cost" else Decimal(f"{cost:.2f}"),
        "Time_To_Implement_Days__c": Decimal(draws.between(20, 240)),
        "Status__c": "Submitted",
        "Submitted_Date__c": submitted_at.date(),
        "First_Feedback_At__c": None,
        "CreatedDate": submitted_at,
        "IsDeleted": False,
    }
    changes: list[tuple[datetime, dict[str, Any]]] = []
    at = submitted_at
    for status, low, high in _funnel(draws, is_complete):
        at = draws.working_second(days_later(at.date(), draws.between(low, high)))
        values: dict[str, Any] = {"Status__c": status}
        if not changes:
            values["First_Feedback_At__c"] = at
        changes.append((at, values))
    return fold((first["Id"],), submitted_at, first, changes, "SystemModstamp")


def _funnel(draws: Draws, is_complete: bool) -> Iterator[tuple[str, int, int]]:
    """The statuses after Submitted, each with its fewest and most days since the one before; it may stop anywhere."""
    if not draws.chance(0.92):
        return
    yield "Triaged", 2, 25
    if not is_complete:
        if draws.chance(0.7):
            yield "Rejected", 3, 40
        return
    yield "Actionable", 3, 30
    if draws.chance(0.5):
        yield "Pilot", 10, 60
        if draws.chance(0.8):
            yield ("Adopted" if draws.chance(0.6) else "Rejected"), 45, 150
    elif draws.chance(0.4):
        yield "Rejected", 5, 40
