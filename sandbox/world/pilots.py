"""Pilots: proposals that are tried, what they are judged by, and how people rate them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.world.companies import Company
from sandbox.world.crm_records import Change, amount, measure, record, record_id, some_days_after
from sandbox.world.draws import Draws, Stream, days_later, midnight
from sandbox.world.history import Document

EXTENDED, STOPPED, FORGOTTEN = 0.4, 0.3, 0.3
"""What becomes of a pilot whose proposal is never decided."""
CRITERION_ADDED_LATE = 0.18
NEVER_MEASURED = 0.08
TOO_FEW_RATERS = 0.10
NO_LESSON = 0.15
RATERS = (3, 6)
WEIGHTS = ((40, 30, 30), (40, 20, 20, 20), (30, 20, 20, 15, 15))
LATE_WEIGHT = Decimal(10)

_LESSONS = (
    "The plant must be at the table before the first sample",
    "Weekly calls found problems that the monthly report did not",
    "Measure the baseline for a quarter before anything changes",
    "Two suppliers of the same part halve the time to a decision",
    "Certificates were the bottleneck and not the goods",
)


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a pilot is judged by. `spread` is how far a measured value lies from its target, as a share of it."""

    name: str
    kind: str
    dimension: str
    unit: str
    direction: str
    baseline: float
    target: float


MEASURED = (
    Criterion("Time to answer a request for quotation", "Measured", "Responsiveness", "hours", "lower", 96, 48),
    Criterion("Lead time", "Measured", "Result", "days", "lower", 42, 30),
    Criterion("Complaints per million pieces", "Measured", "Result", "ppm", "lower", 1800, 900),
    Criterion("Cost per shipment", "Measured", "Result", "USD", "lower", 640, 560),
    Criterion("Deliveries without paper", "Measured", "Result", "%", "higher", 35, 80),
)
RATED = (
    Criterion("Ideas beyond the brief", "Rated", "Creativity", "points", "higher", 3, 4),
    Criterion("Fit with our roadmap", "Rated", "Alignment", "points", "higher", 3, 4),
)


@dataclass(frozen=True, slots=True)
class Pilot:
    """One pilot. `ended_at` is None while it runs; `outcome` is "" as long as nobody decided."""

    number: int
    company: Company
    proposal_id: str
    title: str
    created_at: datetime
    start: date
    planned_end: date
    ended_at: datetime | None
    status: str
    outcome: str

    @property
    def id(self) -> str:
        """The record's id."""
        return record_id("pilot", self.number)


def plan_pilots(seed: int, accounts: Mapping[str, Company], proposals: Sequence[Document]) -> list[Pilot]:
    """A pilot for every proposal that comes so far, beginning some weeks later; `accounts` are companies by account."""
    draws = Draws(seed, Stream.PILOTS)
    begun = sorted(
        (at, place, state, document)
        for place, document in enumerate(proposals)
        for at, state in zip(document.instants, document.states, strict=True)
        if state and state["Status__c"] == "Pilot"
    )
    return [
        _plan(draws, number, accounts[state["Account__c"]], at, document)
        for number, (at, _, state, document) in enumerate(begun, start=1)
    ]


def _plan(draws: Draws, number: int, company: Company, at: datetime, proposal: Document) -> Pilot:
    created_at = some_days_after(draws, at, 0, 3)
    start = draws.working_day(days_later(created_at.date(), draws.between(7, 24)))
    planned_end = days_later(start, draws.between(60, 120))
    state = proposal.states[-1] or {}
    ended_at: datetime | None = None
    if state["Status__c"] in ("Adopted", "Rejected"):
        ended_at = proposal.instants[-1] - timedelta(hours=3)
        status, outcome = "Completed", "Adopted" if state["Status__c"] == "Adopted" else "Stopped"
    else:
        status, outcome = draws.weighted(
            ((("Running", "Extended"), EXTENDED), (("Stopped", "Stopped"), STOPPED), (("Running", ""), FORGOTTEN))
        ) or ("Running", "")
        if status == "Stopped":
            ended_at = some_days_after(draws, created_at, 40, 90)
    return Pilot(
        number, company, state["Id"], state["Title__c"], created_at, start, planned_end, ended_at, status, outcome
    )


def make_pilots(seed: int, pilots: Sequence[Pilot]) -> list[Document]:
    """The pilots, from planned to what was learned."""
    draws = Draws(seed, Stream.PILOTS, 1)
    return [pilot_record(draws, pilot, draws.pick(_LESSONS)) for pilot in pilots]


def pilot_record(draws: Draws, pilot: Pilot, lesson: str) -> Document:
    """One pilot's record; the lesson is sometimes left out."""
    first: dict[str, Any] = {
        "Name": f"PI-{pilot.number:05d}",
        "Account__c": pilot.company.account_id,
        "Title__c": pilot.title,
        "Proposal__c": pilot.proposal_id,
        "Status__c": "Planned",
        "Start_Date__c": pilot.start,
        "End_Date__c": pilot.planned_end,
        "Goal__c": f"Show within {(pilot.planned_end - pilot.start).days} days whether it pays: {pilot.title.lower()}",
        "Budget__c": amount(draws.lognormal(10.2, 0.6)),
        "CurrencyIsoCode": pilot.company.vendor.currency,
        "Outcome__c": "",
        "Lesson_Learned__c": "",
    }
    changes: list[Change] = [(draws.working_second(pilot.start), {"Status__c": "Running"})]
    learned = "" if draws.chance(NO_LESSON) else lesson
    if pilot.ended_at:
        ended = {"Status__c": pilot.status, "Outcome__c": pilot.outcome, "Lesson_Learned__c": learned}
        changes.append((pilot.ended_at, {**ended, "End_Date__c": pilot.ended_at.date()}))
    elif pilot.outcome:
        longer = {"Outcome__c": pilot.outcome, "End_Date__c": days_later(pilot.planned_end, 90)}
        changes.append((draws.working_second(pilot.planned_end), longer))
    return record("pilot", pilot.number, pilot.created_at, first, changes)


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion of a pilot with its weight; `late_at` is when it was added after the start, None if in time."""

    number: int
    pilot: Pilot
    criterion: Criterion
    weight: Decimal
    late_at: datetime | None


def plan_criteria(seed: int, pilots: Sequence[Pilot]) -> list[Judged]:
    """Three to five criteria per pilot, fixed with it, weights of 100 in all; now and then one more after the start."""
    draws = Draws(seed, Stream.PILOTS, 2)
    judged: list[Judged] = []
    for pilot in pilots:
        weights = draws.pick(WEIGHTS)
        chosen = [*RATED, MEASURED[0], *draws.shuffled(MEASURED[1:])][: len(weights)]
        for criterion, weight in zip(chosen, draws.shuffled(weights), strict=True):
            judged.append(Judged(len(judged) + 1, pilot, criterion, Decimal(weight), None))
        if draws.chance(CRITERION_ADDED_LATE):
            late_at = draws.working_second(draws.working_day(days_later(pilot.start, draws.between(10, 40))))
            late = next(criterion for criterion in MEASURED if criterion not in chosen)
            judged.append(Judged(len(judged) + 1, pilot, late, LATE_WEIGHT, late_at))
    return judged


def make_criteria(seed: int, judged: Sequence[Judged]) -> list[Document]:
    """The criteria as records; measured ones get their value when the pilot ends, some never."""
    draws = Draws(seed, Stream.PILOTS, 3)
    documents = []
    for each in judged:
        criterion, pilot = each.criterion, each.pilot
        value = None
        reached = draws.chance(0.8 if pilot.outcome == "Adopted" else 0.45)
        distance = draws.within(0, 0.15) if reached else -draws.within(0.02, 0.35)
        measured_at = pilot.ended_at and pilot.ended_at - timedelta(days=draws.between(1, 6))
        if criterion.kind == "Measured" and not draws.chance(NEVER_MEASURED):
            better = distance if criterion.direction == "higher" else -distance
            value = measure(criterion.target * (1 + better))
        documents.append(criterion_record(each, measured_at, value))
    return documents


def criterion_record(judged: Judged, measured_at: datetime | None, value: Decimal | None) -> Document:
    """One criterion's record; `value` is what was measured, if anything was."""
    criterion, pilot = judged.criterion, judged.pilot
    created_at = judged.late_at or pilot.created_at + timedelta(minutes=judged.number % 50)
    first: dict[str, Any] = {
        "Pilot__c": pilot.id,
        "Name": criterion.name,
        "Kind__c": criterion.kind,
        "Dimension__c": criterion.dimension,
        "Weight_Pct__c": judged.weight,
        "Unit__c": criterion.unit,
        "Direction__c": criterion.direction,
        "Baseline_Value__c": measure(criterion.baseline),
        "Target_Value__c": measure(criterion.target),
        "Actual_Value__c": None,
        "Fixed_On__c": created_at.date(),
        "Measured_On__c": None,
    }
    changes = []
    if value is not None and measured_at is not None:
        changes.append((measured_at, {"Actual_Value__c": value, "Measured_On__c": measured_at.date()}))
    return record("pilot_criterion", judged.number, created_at, first, changes)


def make_ratings(seed: int, judged: Sequence[Judged]) -> list[Document]:
    """Ratings of the rubrics in the last days of a pilot, by three to six people who do not agree."""
    draws = Draws(seed, Stream.PILOTS, 4)
    documents: list[Document] = []
    for each in judged:
        if each.criterion.kind != "Rated" or not each.pilot.ended_at:
            continue
        mood = draws.within(3.4, 4.6) if each.pilot.outcome == "Adopted" else draws.within(2.0, 3.8)
        raters = 2 if draws.chance(TOO_FEW_RATERS) else draws.between(*RATERS)
        points = [min(max(round(mood + 0.8 * draws.normal()), 1), 5) for _ in range(raters)]
        documents += rating_records(draws, each, points, len(documents))
    return documents


def rating_records(draws: Draws, judged: Judged, points: Sequence[int], numbered: int) -> Iterator[Document]:
    """One record for each rater's points; `numbered` ratings have numbers already. A few think better of it."""
    ended_at = judged.pilot.ended_at or midnight(judged.pilot.planned_end)
    for rater, point in enumerate(points, start=1):
        rated_at = some_days_after(draws, ended_at, -5, 8)
        first: dict[str, Any] = {
            "Pilot_Criterion__c": record_id("pilot_criterion", judged.number),
            "Rater_Email__c": f"rater{rater}.pilot{judged.pilot.number}@ourcompany.example",
            "Rating__c": Decimal(point),
            "Rated_At__c": rated_at,
        }
        second = Decimal(min(point + 1, 5))
        changes = [(rated_at + timedelta(days=1), {"Rating__c": second})] if draws.chance(0.03) else []
        yield record("pilot_rating", numbered + rater, rated_at, first, changes)
