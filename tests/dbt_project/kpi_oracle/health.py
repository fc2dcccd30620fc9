"""Vendor health by quarter: KPIs moved toward their category, pillars, the score with its interval, and ranks."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from math import exp, log, sqrt
from pathlib import Path
from typing import Any

from tests.dbt_project.kpi_oracle import availability, cost, delivery, quality, relationship, service
from tests.dbt_project.kpi_oracle.observed import Seen, quarter
from tests.dbt_project.kpi_oracle.parties import parties
from tests.dbt_project.kpi_oracle.targets import after

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
PILLARS = ("delivery", "quality", "cost", "service", "innovation", "relationship")
Z80 = 1.2816
LEAST_COVERAGE, LEAST_RESPONDENTS, LEAST_VENDORS = 0.6, 10, 3
STRONGEST = 100  # observations that a category weighs at most, and one at least


@dataclass
class Count:
    """What a KPI of a vendor's quarter is counted from: part of a whole, over so many observations.

    ``decided``: of votes, how many are no passive ones.
    """

    part: float = 0.0
    whole: float = 0.0
    n: int = 0
    decided: int = 0

    def add(self, part: float, whole: float, n: int, decided: int = 0) -> None:
        self.part += part
        self.whole += whole
        self.n += n
        self.decided += decided

    @property
    def value(self) -> float:
        return self.part / self.whole


@dataclass(frozen=True)
class Anchor:
    """A KPI of the score: where it has 0, 70 and 100 points."""

    metric: str
    pillar: str
    measure: str
    unit: str
    floor: float
    target: float
    stretch: float

    @property
    def scale(self) -> int:
        """Units of the value in one event."""
        return 1_000_000 if self.unit == "ppm" else 1

    def points(self, value: float) -> float:
        """On the straight lines between the anchors, whichever way is better."""
        if (value - self.target) * (self.stretch - self.floor) >= 0:
            return min(70 + 30 * (value - self.target) / (self.stretch - self.target), 100.0)
        return max(70 * (value - self.floor) / (self.target - self.floor), 0.0)


def _seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def anchors() -> dict[str, Anchor]:
    """The settings of the only version of the score."""
    rows = _seed("seed_health_anchor")
    assert {row["score_version"] for row in rows} == {"1"}
    return {
        row["metric_id"]: Anchor(
            row["metric_id"], row["pillar"], row["measure"], row["unit"],
            float(row["floor_value"]), float(row["target_value"]), float(row["stretch_value"]),
        )
        for row in rows
    }  # fmt: skip


def weights() -> dict[str, float]:
    return {row["pillar"]: float(row["weight"]) for row in _seed("seed_health_weight")}


Place = tuple[str, date, str]  # vendor, quarter, metric


@lru_cache(maxsize=2)
def counts(readings: Seen, as_of: datetime) -> dict[Place, Count]:
    """Months of a quarter are added up, never averaged."""
    found: dict[Place, Count] = defaultdict(Count)
    for part in delivery.schedule_lines(readings, as_of):
        if part.vendor and part.is_performance and not part.is_cancelled:
            for name, day in (("otd_first_promise", part.first_promise), ("otd_latest_promise", part.latest_promise)):
                if day and day + delivery.GRACE < as_of.date():
                    in_time = part.in_full is not None and part.in_full <= day + delivery.TOLERANCE
                    found[part.vendor, quarter(day), name].add(in_time, 1, 1)
    for lot in quality.lots(readings).values():
        if lot.vendor and lot.decided and lot.is_inspected and not lot.is_receipt_reversed:
            found[lot.vendor, quarter(lot.decided), "lot_acceptance"].add(lot.outcome == "accepted", 1, 1)
    for (vendor, first_day), (defective, at_risk) in _defects(readings).items():
        found[vendor, first_day, "defect_ppm"].add(1e6 * defective, at_risk, at_risk)
    lines, baselines = cost.compared_lines(readings)
    for line in lines:
        price = baselines[line.key]["contract"]
        if line.vendor and price is not None and not line.is_outlier:
            agreed = (line.base_quantity or 0.0) * price
            paid = float(line.amount) * (line.order_rate or 0.0)
            found[line.vendor, quarter(line.posted), "price_variance_contract"].add(paid - agreed, agreed, 1)
    for ticket in service.tickets(readings, as_of):
        outcome = ticket.outcome(as_of)
        if ticket.vendor and ticket.opened and not ticket.is_cancelled and outcome is not None:
            found[ticket.vendor, quarter(ticket.opened.date()), "tickets_within_target"].add(outcome, 1, 1)
    for item in availability.item_months(readings, as_of):
        if item.vendor and item.unplanned is not None:
            place = (item.vendor, quarter(item.month), "availability")
            found[place].add(item.agreed - item.unplanned, item.agreed, 1)
    _count_relationship(readings, found)
    # who is in no master and no order has no name and no category, and is in no ranking
    vendors = parties(readings).vendors
    return {place: count for place, count in found.items() if count.whole > 1e-6 and place[0] in vendors}


def _defects(readings: Seen) -> dict[tuple[str, date], tuple[float, int]]:
    """Defective units and units at risk of a quarter, in the unit of most of its goods."""
    by_unit: dict[tuple[str, date], dict[str, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0]))
    for (vendor, first_day), (unit, units) in quality.defects(readings).items():
        of_unit = by_unit[vendor, quarter(first_day)][unit]
        of_unit[0] += units.registered
        of_unit[1] += int(units.at_risk + 0.5)
    found = {}
    for place, units_of_quarter in by_unit.items():
        defective, at_risk = min(units_of_quarter.items(), key=lambda pair: (-pair[1][1], pair[0]))[1]
        found[place] = (defective, int(at_risk))
    return found


def _count_relationship(readings: Seen, found: dict[Place, Count]) -> None:
    strategic = {vendor.key for vendor in parties(readings).vendors.values() if vendor.is_strategic}
    for vote in relationship.votes(readings):
        if vote.vendor is None:
            continue
        given_in = quarter(vote.submitted.date())
        if vote.direction == relationship.OUT:
            sign = (vote.score >= 9) - (vote.score <= 6)
            found[vote.vendor, given_in, "stakeholder_nps"].add(100.0 * sign, 1, 1, abs(sign))
        if vote.vendor in strategic:
            # asked for ideas, and heard of: no idea is none
            found[vote.vendor, given_in, "proposals_actionable"].whole = 1
    for idea in relationship.proposals(readings):
        if idea.vendor in strategic:
            of_vendor = found[idea.vendor, quarter(idea.submitted), "proposals_actionable"]
            of_vendor.add(idea.is_actionable, 0, not idea.is_repeat)
            of_vendor.whole = 1


@dataclass(frozen=True)
class Prior:
    """What a category says before the vendor does: its mean, and how many observations that weighs."""

    mean: float
    strength: float


def prior(pool: Sequence[Count], anchor: Anchor) -> Prior:
    """By moments: how vendors differ, less what chance alone would make them differ.

    The sum of whole * (value - mean)^2 is expected to be chance * (vendors - 1) where vendors are alike. Of shares that
    are alike within a category with correlation r it is chance * (vendors - 1 + r * (spread - vendors + 1)), and the
    strength is 1 / r - 1; of rates it is chance * (vendors - 1) + variance * spread, the strength chance / variance.
    """
    whole = sum(count.whole for count in pool)
    mean = sum(count.part for count in pool) / whole
    spread = whole - sum(count.whole**2 for count in pool) / whole
    apart = sum(count.whole * (count.value - mean) ** 2 for count in pool)
    if anchor.measure == "rate":
        chance, spread, least, most = mean * (1 - mean), spread - (len(pool) - 1), 1.0, float(STRONGEST)
    else:
        # no observation is of size one: from a tenth to ten times what a vendor of the pool has
        chance, least, most = mean * anchor.scale, whole / len(pool) / 10, whole / len(pool) * 10
    beyond = apart - (len(pool) - 1) * chance
    if spread <= 1e-9 or beyond <= 1e-9 * max(apart, 1e-9):
        return Prior(mean, most)
    strength = chance * spread / beyond - (1 if anchor.measure == "rate" else 0)
    return Prior(mean, min(max(strength, least), most))


@dataclass(frozen=True)
class Kpi:
    """A KPI of a vendor's quarter with its points."""

    count: Count
    anchor: Anchor
    prior: Prior | None
    shrunk: float
    lower: float | None
    upper: float | None

    @property
    def points(self) -> float:
        return self.anchor.points(self.shrunk)

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Points at the worse and the better end of the interval."""
        if self.lower is None or self.upper is None:
            return None
        low, high = sorted((self.anchor.points(self.lower), self.anchor.points(self.upper)))
        return low, high


@lru_cache(maxsize=2)
def kpis(readings: Seen, as_of: datetime) -> dict[Place, Kpi]:
    """All KPIs, moved toward the vendors of their category, or toward all where it has fewer than three."""
    found = counts(readings, as_of)
    vendors, settings = parties(readings).vendors, anchors()
    pools: dict[tuple[date, str, str], list[Count]] = defaultdict(list)
    for (vendor, first_day, metric), count in sorted(found.items()):
        pools[first_day, metric, vendors[vendor].category].append(count)
        pools[first_day, metric, "*"].append(count)
    rows = {}
    for place, count in found.items():
        vendor, first_day, metric = place
        anchor = settings[metric]
        pool = pools[first_day, metric, vendors[vendor].category]
        if len(pool) < LEAST_VENDORS:
            pool = pools[first_day, metric, "*"]
        if anchor.measure == "nps" and count.n < LEAST_RESPONDENTS:
            continue
        rows[place] = _kpi(count, anchor, pool)
    return rows


def _kpi(count: Count, anchor: Anchor, pool: Sequence[Count]) -> Kpi:
    if anchor.measure == "ratio":
        return Kpi(count, anchor, None, count.value, None, None)
    if anchor.measure == "nps":
        share = count.part / 100 / count.whole
        margin = 100 * Z80 * sqrt(max(count.decided / count.whole - share**2, 0.0) / count.whole)
        value = count.value
        return Kpi(count, anchor, None, value, max(value - margin, -100.0), min(value + margin, 100.0))
    of_pool = prior(pool, anchor)
    part, whole = count.part + of_pool.strength * of_pool.mean, count.whole + of_pool.strength
    shrunk = part / whole
    if anchor.measure == "rate":
        margin = Z80 * sqrt(max(part * (whole - part) / whole, 0.0) + Z80**2 / 4)
        centre, size = part + Z80**2 / 2, whole + Z80**2
        lower, upper = max((centre - margin) / size, 0.0), min((centre + margin) / size, 1.0)
        return Kpi(count, anchor, of_pool, shrunk, min(lower, shrunk), max(upper, shrunk))
    shape = part / anchor.scale + 0.5
    low, high = (
        anchor.scale / whole * shape * max(1 - 1 / (9 * shape) + sign * Z80 / (3 * sqrt(shape)), 0.0) ** 3
        for sign in (-1, 1)
    )
    return Kpi(count, anchor, of_pool, shrunk, min(low, shrunk), high)


def vendor_quarter_kpi(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The KPIs of every vendor's quarter."""
    vendors = parties(readings).vendors
    return [
        {
            "vendor_key": vendor,
            "quarter": first_day,
            "score_version": 1,
            "metric_id": metric,
            "category": vendors[vendor].category,
            "is_headline": True,
            "pillar": kpi.anchor.pillar,
            "unit": kpi.anchor.unit,
            "value": kpi.count.value,
            "value_n": kpi.count.n,
            "shrunk_value": kpi.shrunk,
            "shrunk_value_lower": kpi.lower,
            "shrunk_value_upper": kpi.upper,
            "prior_mean": kpi.prior and kpi.prior.mean,
            "prior_strength": kpi.prior and kpi.prior.strength,
            "floor_value": kpi.anchor.floor,
            "target_value": kpi.anchor.target,
            "stretch_value": kpi.anchor.stretch,
            "score": kpi.points,
            "score_lower": kpi.bounds and kpi.bounds[0],
            "score_upper": kpi.bounds and kpi.bounds[1],
        }
        for (vendor, first_day, metric), kpi in kpis(readings, as_of).items()
    ]


def kpis_in_ppm(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """Those that count in millionths, whose sixth digit says nothing."""
    return [row for row in vendor_quarter_kpi(readings, as_of) if row["unit"] == "ppm"]


def kpis_but_ppm(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    return [row for row in vendor_quarter_kpi(readings, as_of) if row["unit"] != "ppm"]


@dataclass(frozen=True)
class Pillar:
    """Mean points of a pillar's KPIs, and the deviation of that mean."""

    score: float
    deviation: float
    kpis: int


def _pillars(own: Sequence[Kpi]) -> dict[str, Pillar]:
    found = {}
    for name in PILLARS:
        of_pillar = [kpi for kpi in own if kpi.anchor.pillar == name]
        if of_pillar:
            # half an 80 % interval is 1.2816 deviations; KPIs are taken as independent
            deviations = [(kpi.bounds[1] - kpi.bounds[0]) / 2 / Z80 for kpi in of_pillar if kpi.bounds]
            mean = sum(kpi.points for kpi in of_pillar) / len(of_pillar)
            found[name] = Pillar(mean, sqrt(sum(one**2 for one in deviations)) / len(of_pillar), len(of_pillar))
    return found


def composed(pillars: Mapping[str, Pillar], of_pillar: Mapping[str, float]) -> float:
    """The weighted geometric mean of the pillars with data; nothing counts as one point."""
    weight = sum(of_pillar[name] for name in pillars)
    return exp(sum(of_pillar[name] * log(max(one.score, 1.0)) for name, one in pillars.items()) / weight)


def _tries(of_pillar: Mapping[str, float]) -> Iterator[dict[str, float]]:
    """The weights as they are, and with each of them a fifth up and down."""
    yield dict(of_pillar)
    for name in PILLARS:
        for factor in (0.8, 1.2):
            yield {**of_pillar, name: of_pillar[name] * factor}


def vendor_quarter_health(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """Pillars, score, interval and ranks of every vendor's quarter."""
    of_pillar, vendors = weights(), parties(readings).vendors
    own: dict[tuple[str, date], list[Kpi]] = defaultdict(list)
    for (vendor, first_day, _), kpi in kpis(readings, as_of).items():
        own[vendor, first_day].append(kpi)
    pillars = {place: _pillars(of_place) for place, of_place in own.items()}
    coverage = {
        place: sum(of_pillar[name] for name in known) / sum(of_pillar.values()) for place, known in pillars.items()
    }
    scored = {place for place, share in coverage.items() if share >= LEAST_COVERAGE - 1e-9}
    ranks: dict[tuple[str, date], list[int]] = defaultdict(list)
    for tried in _tries(of_pillar):
        scores = {place: round(composed(pillars[place], tried), 6) for place in scored}
        for place, score in scores.items():
            better = sum(1 for other, one in scores.items() if other[1] == place[1] and one > score)
            ranks[place].append(better + 1)
    rows = []
    for place, known in pillars.items():
        vendor, first_day = place
        is_scored = place in scored
        score = composed(known, of_pillar)
        parts = [of_pillar[name] * one.deviation / max(one.score, 1.0) for name, one in known.items()]
        deviation = sqrt(sum(part**2 for part in parts)) / sum(of_pillar[name] for name in known)
        row: dict[str, Any] = {
            "vendor_key": vendor,
            "quarter": first_day,
            "score_version": 1,
            "category": vendors[vendor].category,
            "is_headline": True,
            "is_over": after(first_day) <= as_of.date(),
            "score": score if is_scored else None,
            "score_n": sum(one.kpis for one in known.values()),
            "score_lower": score * exp(-Z80 * deviation) if is_scored else None,
            "score_upper": min(score * exp(Z80 * deviation), 100.0) if is_scored else None,
            "coverage": coverage[place],
            "no_score_reason": None if is_scored else _reason(coverage[place], known),
            "score_rank": ranks[place][0] if is_scored else None,
            "score_rank_best": min(ranks[place]) if is_scored else None,
            "score_rank_worst": max(ranks[place]) if is_scored else None,
        }
        for name in PILLARS:
            row[f"{name}_score"] = known[name].score if name in known else None
            row[f"{name}_score_n"] = known[name].kpis if name in known else 0
            row[f"{name}_weight"] = of_pillar[name]
        rows.append(row)
    return rows


def _reason(coverage: float, known: Mapping[str, Pillar]) -> str:
    unknown = ", ".join(name for name in PILLARS if name not in known)
    return f"covers {round(100 * coverage)} % of the weights; nothing is known of {unknown}"
