"""Pilots: what was fixed before the start is scored, who answers requests fast, what was learned."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from statistics import mean, stdev
from typing import Any

from tests.dbt_project.kpi_oracle.crm import CrmObject, crm_objects
from tests.dbt_project.kpi_oracle.lead_time import Wait, curve, reached
from tests.dbt_project.kpi_oracle.observed import Seen, contents, histories, known, number
from tests.dbt_project.kpi_oracle.statistics import wilson

LEAST_RATERS, LEAST_COVERAGE, WINDOW = 3, 0.6, timedelta(days=365)
OPEN, ENDED = ("Planned", "Running"), ("Completed", "Stopped")


@lru_cache(maxsize=2)
def pilots(readings: Seen) -> list[CrmObject]:
    """Every pilot that could be read."""
    return crm_objects(readings, "pilot", ("Start_Date__c",))


@dataclass(frozen=True)
class Criterion:
    """What a pilot is judged by."""

    told: CrmObject
    pilot: CrmObject
    ratings: Sequence[float]

    @property
    def kind(self) -> str | None:
        return self.told.row["Kind__c"] and self.told.row["Kind__c"].lower()

    @property
    def dimension(self) -> str | None:
        return self.told.row["Dimension__c"] and self.told.row["Dimension__c"].lower()

    @property
    def is_fixed_in_time(self) -> bool:
        return self.state not in ("never_fixed", "fixed_after_start")

    @property
    def state(self) -> str:
        """Scored, or why not."""
        row, fixed_on = self.told.row, self.told.row["Fixed_On__c"]
        start = self.pilot.row["Start_Date__c"]
        baseline, target, actual = row["Baseline_Value__c"], row["Target_Value__c"], row["Actual_Value__c"]
        if fixed_on is None:
            return "never_fixed"
        if start is not None and fixed_on > start:
            return "fixed_after_start"
        if self.kind == "rated":
            return "scored" if len(self.ratings) >= LEAST_RATERS else "too_few_raters"
        if self.kind != "measured":
            return "unknown_kind"
        if target is None or row["Direction__c"] not in ("higher", "lower"):
            return "no_target"
        if baseline is not None and (target < baseline if row["Direction__c"] == "higher" else target > baseline):
            return "target_against_direction"
        return "not_measured" if actual is None else "scored"

    @property
    def achievement(self) -> float | None:
        """The way from baseline to target, or the rating's place between 1 and 5; 0 to 1."""
        if self.state != "scored":
            return None
        if self.kind == "rated":
            return (mean(self.ratings) - 1) / 4
        row = self.told.row
        baseline, target, actual = row["Baseline_Value__c"], row["Target_Value__c"], row["Actual_Value__c"]
        if baseline is None or target == baseline:
            return float(actual >= target if row["Direction__c"] == "higher" else actual <= target)
        return min(max(float((actual - baseline) / (target - baseline)), 0.0), 1.0)


@lru_cache(maxsize=2)
def criteria(readings: Seen) -> list[Criterion]:
    """Every criterion that could be read, with the last rating of each rater."""
    by_key = {pilot.key: pilot for pilot in pilots(readings)}
    last: dict[Any, tuple[Any, float]] = {}
    for rating in crm_objects(readings, "pilot_rating", ("Rating__c",)):
        points = rating.number("Rating__c")
        if points is None or not 1 <= points <= 5:
            continue
        # nobody knows whether two ratings without a name are of one person
        rater = (rating.named("Pilot_Criterion__c"), rating.row["Rater_Email__c"] or ("anonymous", rating.key))
        place = (rating.row["Rated_At__c"], rating.key)
        if rater not in last or last[rater][0] < place:
            last[rater] = (place, points)
    ratings: dict[str | None, list[float]] = defaultdict(list)
    for (criterion, _), (_, points) in last.items():
        ratings[criterion].append(points)
    return [
        Criterion(told, by_key[pilot], tuple(ratings[told.key]))
        for told in crm_objects(readings, "pilot_criterion", ("Fixed_On__c",))
        if (pilot := told.named("Pilot__c")) in by_key and pilot
    ]


def fct_pilot(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every pilot."""
    rows = []
    for pilot in pilots(readings):
        row, begins, ends = pilot.row, pilot.row["Start_Date__c"], pilot.row["End_Date__c"]
        rows.append(
            {
                "pilot_key": pilot.key,
                "vendor_key": pilot.vendor,
                "proposal_key": pilot.named("Proposal__c"),
                "status": row["Status__c"],
                "start_date": begins,
                "end_date": ends,
                "duration_days": (ends - begins).days if begins and ends else None,
                "is_overdue": row["Status__c"] in OPEN and ends is not None and ends < as_of.date(),
                "outcome": row["Outcome__c"],
                "lesson_learned": row["Lesson_Learned__c"],
                "is_lesson_missing": _is_lesson_missing(pilot),
                "budget": pilot.number("Budget__c"),
            }
        )
    return rows


def _is_lesson_missing(pilot: CrmObject) -> bool:
    return pilot.row["Status__c"] in ENDED and pilot.row["Lesson_Learned__c"] is None


def fct_pilot_criterion(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every criterion."""
    return [
        {
            "pilot_criterion_key": criterion.told.key,
            "pilot_key": criterion.told.named("Pilot__c"),
            "vendor_key": criterion.pilot.vendor,
            "scoring": criterion.kind,
            "dimension": criterion.dimension,
            "weight": criterion.told.share("Weight_Pct__c"),
            "baseline_value": criterion.told.number("Baseline_Value__c"),
            "target_value": criterion.told.number("Target_Value__c"),
            "actual_value": criterion.told.number("Actual_Value__c"),
            "pilot_start_date": criterion.pilot.row["Start_Date__c"],
            "fixed_on": criterion.told.row["Fixed_On__c"],
            "raters": len(criterion.ratings),
            "rating_mean": mean(criterion.ratings) if criterion.ratings else None,
            "rating_lowest": min(criterion.ratings, default=None),
            "rating_highest": max(criterion.ratings, default=None),
            "rating_spread": stdev(criterion.ratings) if len(criterion.ratings) > 1 else None,
            "score_state": criterion.state,
            "achievement": criterion.achievement,
        }
        for criterion in criteria(readings)
    ]


@dataclass(frozen=True)
class Request:
    """A vendor was asked for a quotation, and has answered or is silent."""

    vendor: str
    published: date
    due: date | None
    answered: date | None

    def wait(self, today: date) -> Wait:
        return Wait(((self.answered or today) - self.published).days, self.answered is not None, False)

    def is_in_time(self, today: date) -> bool | None:
        if self.due is None:
            return None
        if self.answered is not None:
            return self.answered <= self.due
        return False if self.due < today else None


@lru_cache(maxsize=2)
def requests(readings: Seen) -> list[Request]:
    """Every request that was published, by vendor asked."""
    asked: dict[tuple[str, str], set[str]] = {}
    headers, answers = [], []
    for reading in readings:
        for connection, row in reading.of("request_for_quotation"):
            key = (connection, number(row["RequestForQuotation"]))
            headers.append((reading.at, row["LastChangeDateTime"], key, contents(row, "LastChangeDateTime")))
            bidders = {number(bidder["Supplier"]) for bidder in row["to_RequestForQuotationBidder"]}
            asked[key] = {f"{connection}:{bidder}" for bidder in bidders if bidder}
        for connection, row in reading.of("supplier_quotation"):
            key = (connection, number(row["SupplierQuotation"]))
            answers.append((reading.at, row["LastChangeDateTime"], key, contents(row, "LastChangeDateTime")))
    first: dict[tuple[str, str, str], date] = {}
    for key, history in histories(answers, ("QuotationSubmissionDate",)).items():
        row = history.newest.content if history.newest else None
        day = row and known(row["QuotationSubmissionDate"])
        if row and day:
            bid = (key[0], number(row["RequestForQuotation"]) or "", f"{key[0]}:{number(row['Supplier'])}")
            first[bid] = min(day, first.get(bid, day))
    found = []
    for key, history in histories(headers, ("RFQPublishingDate",)).items():
        row = history.newest.content if history.newest else None
        if row and row["RFQPublishingDate"]:
            due = known(row["QuotationLatestSubmissionDate"])
            # who answers without being on the list was asked in another way
            uninvited = {vendor for connection, request, vendor in first if (connection, request) == key}
            for vendor in sorted(asked[key] | uninvited):
                answered = first.get((key[0], key[1], vendor))
                found.append(Request(vendor, row["RFQPublishingDate"], due, answered))
    return found


def pilot_scorecard(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The card of every pilot."""
    today = as_of.date()
    by_pilot: dict[str, list[Criterion]] = defaultdict(list)
    for criterion in criteria(readings):
        by_pilot[criterion.pilot.key].append(criterion)
    rows = []
    for pilot in pilots(readings):
        own = by_pilot[pilot.key]
        scored = [criterion for criterion in own if criterion.state == "scored"]
        measured = [criterion for criterion in scored if criterion.kind == "measured"]
        in_time = [criterion for criterion in own if criterion.is_fixed_in_time]
        weight = sum(_weight(criterion) for criterion in in_time)
        coverage = sum(_weight(criterion) for criterion in scored) / weight if weight else None
        score = _weighted(scored) if coverage is not None and coverage >= LEAST_COVERAGE else None
        rows.append(
            {
                "pilot_key": pilot.key,
                "vendor_key": pilot.vendor,
                **_responsiveness(readings, pilot, today),
                "criteria": len(own),
                "criteria_refused": len(own) - len(in_time),
                "criteria_scored": len(scored),
                "measured_achievement": _weighted(measured),
                "measured_achievement_n": len(measured),
                **_rated(own, "creativity"),
                **_rated(own, "alignment"),
                "score_coverage": coverage,
                "score": score,
                "score_state": _score_state(pilot, in_time, score),
                "lesson_learned": pilot.row["Lesson_Learned__c"],
                "is_lesson_missing": _is_lesson_missing(pilot),
            }
        )
    return rows


def _score_state(pilot: CrmObject, in_time: list[Criterion], score: float | None) -> str:
    if pilot.row["Status__c"] == "Planned":
        return "not_started"
    if not in_time:
        return "no_criteria"
    return "insufficient" if score is None else "scored"


def _weight(criterion: Criterion) -> float:
    return criterion.told.share("Weight_Pct__c") or 0.0


def _weighted(scored: Sequence[Criterion]) -> float | None:
    weight = sum(_weight(criterion) for criterion in scored)
    return sum(_weight(each) * (each.achievement or 0.0) for each in scored) / weight if weight else None


def _rated(own: Sequence[Criterion], dimension: str) -> dict[str, Any]:
    rated = [
        criterion
        for criterion in own
        if criterion.kind == "rated" and criterion.dimension == dimension and criterion.is_fixed_in_time
    ]
    scored = [criterion for criterion in rated if criterion.state == "scored"]
    spreads = [stdev(criterion.ratings) for criterion in scored]
    return {
        dimension: mean(mean(criterion.ratings) for criterion in scored) if scored else None,
        f"{dimension}_n": min((len(criterion.ratings) for criterion in rated), default=0),
        f"{dimension}_lowest": min((min(criterion.ratings) for criterion in scored), default=None),
        f"{dimension}_highest": max((max(criterion.ratings) for criterion in scored), default=None),
        f"{dimension}_spread": max(spreads, default=None),
    }


def _responsiveness(readings: Seen, pilot: CrmObject, today: date) -> dict[str, Any]:
    """How the vendor answered the requests of the year before the pilot's end."""
    ends = pilot.row["End_Date__c"] or today
    own = [
        request
        for request in requests(readings)
        if request.vendor == pilot.vendor and ends - WINDOW < request.published <= min(ends, today)
    ]
    outcomes = [outcome for request in own if (outcome := request.is_in_time(today)) is not None]
    lower, upper = wilson(sum(outcomes), len(outcomes))
    return {
        "rfq_response_p50_days": reached(curve([request.wait(today) for request in own]), 0.5, "waiting"),
        "rfq_response_p50_days_n": len(own),
        "rfq_in_time": sum(outcomes) / len(outcomes) if outcomes else None,
        "rfq_in_time_n": len(outcomes),
        "rfq_in_time_lower": lower,
        "rfq_in_time_upper": upper,
    }
