"""Money: savings on their way to finance, what of them goes back into innovation, and what vendors share in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.world.companies import Company
from sandbox.world.crm_records import Change, amount, record, record_id, some_days_after
from sandbox.world.draws import Draws, Stream, days_later, quarter_of
from sandbox.world.history import Document
from sandbox.world.pilots import Pilot
from sandbox.world.relations import quarter_starts

SAVINGS_PER_QUARTER = 14.0
AVOIDANCE = 0.25
NEGOTIATED, REALISED, VALIDATED = 0.80, 0.85, 0.88
"""Probability to come from each stage to the next; what finance does not validate it rejects."""
KEPT_IN_TALKS, KEPT_TO_INVOICE, KEPT_BY_FINANCE = (0.60, 1.0), (0.45, 0.95), (0.85, 1.0)
"""Share of the amount that is left after each stage: the middle one is the leakage from contract to invoice."""
BASELINE_LATE, BASELINE_MISSING = 0.08, 0.05
CORRECTED = 0.12
FROM_PROPOSAL = 0.25
COMMITTED_SHARE = ((date(2025, 4, 1), (0.15, 0.30)), (date.max, (0.34, 0.48)))
"""Share of a validated saving that is promised to a pool: of savings validated before a day, and after."""
DISBURSED_SHARE = (0.88, 1.0)
POOLS = ("Innovation pool Europe", "Innovation pool Americas", "Sustainability pool")
IN_COMPANY_CURRENCY = 0.3
DOLLAR = "USD"
RATES = {"USD": 1.0, "EUR": 1.1, "GBP": 1.27, "CHF": 1.12}
"""Rough dollars per unit, for amounts that somebody types in dollars."""
CLAWBACKS = 0.75
"""Probability that a saving that finance cut back later costs the pool some of its money."""

_MEASURES = ("Bundled volumes", "Longer term for a lower price", "Second source", "Other packaging", "Fewer shipments")


@dataclass(frozen=True, slots=True)
class Saving:
    """One saving. `stages` are (stage, instant, amount) in their order; `corrected` is (instant, validated amount)."""

    number: int
    company: Company
    title: str
    kind: str
    identified_at: datetime
    stages: tuple[tuple[str, datetime, Decimal | None], ...]
    baseline_on: date | None
    corrected: tuple[datetime, Decimal] | None
    proposal_id: str

    @property
    def validated(self) -> tuple[datetime, Decimal] | None:
        """When finance validated it and at which amount."""
        for stage, at, value in self.stages:
            if stage == "Validated" and value is not None:
                return at, value
        return None


def plan_savings(
    seed: int, companies: Sequence[Company], accounts: Mapping[str, Company], proposals: Sequence[Document]
) -> list[Saving]:
    """Savings with the larger vendors, most with the strategic ones; some come from adopted proposals."""
    draws = Draws(seed, Stream.SAVINGS)
    strategic = [company for company in companies if company.is_strategic]
    others = [company for company in companies if company.account_id and 12 <= company.vendor.rank < 70]
    adopted = [
        (document.instants[-1], state)
        for document in proposals
        if (state := document.states[-1]) and state["Status__c"] == "Adopted"
    ]
    begun: list[tuple[datetime, int, Company, str]] = [
        (some_days_after(draws, at, 3, 30), place, accounts[state["Account__c"]], state["Id"])
        for place, (at, state) in enumerate(adopted)
        if draws.chance(FROM_PROPOSAL)
    ]
    for start in quarter_starts():
        for _ in range(draws.poisson(SAVINGS_PER_QUARTER)):
            company = draws.pick(strategic if draws.chance(0.6) else others)
            begun.append((draws.working_second(days_later(start, draws.between(0, 89))), len(begun), company, ""))
    return [_plan(draws, number, *one) for number, one in enumerate(sorted(begun, key=lambda one: one[:2]), start=1)]


def _plan(
    draws: Draws, number: int, identified_at: datetime, _place: int, company: Company, proposal_id: str
) -> Saving:
    value = draws.lognormal(11.2, 0.6)
    stages: list[tuple[str, datetime, Decimal | None]] = [("Identified", identified_at, amount(value))]
    negotiated_at = some_days_after(draws, identified_at, 15, 80)
    realised_at = some_days_after(draws, negotiated_at, 60, 170)
    validated_at = some_days_after(draws, realised_at, 8, 50)
    luck = draws.uniform()
    if luck < NEGOTIATED:
        value *= draws.within(*KEPT_IN_TALKS)
        stages.append(("Negotiated", negotiated_at, amount(value)))
    if luck < NEGOTIATED * REALISED:
        value *= draws.within(*KEPT_TO_INVOICE)
        stages.append(("Realised", realised_at, amount(value)))
        if luck < NEGOTIATED * REALISED * VALIDATED:
            value *= draws.within(*KEPT_BY_FINANCE)
            stages.append(("Validated", validated_at, amount(value)))
        else:
            stages.append(("Rejected", validated_at, None))
    baseline_on: date | None = days_later(identified_at.date(), draws.between(0, 12))
    baseline_luck = draws.uniform()
    if baseline_luck < BASELINE_LATE:
        baseline_on = days_later(negotiated_at.date(), draws.between(5, 60))
    elif baseline_luck < BASELINE_LATE + BASELINE_MISSING:
        baseline_on = None
    corrected = None
    if stages[-1][0] == "Validated" and draws.chance(CORRECTED):
        corrected = some_days_after(draws, validated_at, 30, 120), amount(value * draws.within(0.4, 0.8))
    return Saving(
        number=number,
        company=company,
        title=draws.pick(_MEASURES),
        kind="Avoidance" if draws.chance(AVOIDANCE) else "Saving",
        identified_at=identified_at,
        stages=tuple(stages),
        baseline_on=baseline_on,
        corrected=corrected,
        proposal_id=proposal_id,
    )


def make_savings(savings: Sequence[Saving]) -> list[Document]:
    """The savings as records: each stage keeps its day and its amount."""
    return [_saving_record(saving) for saving in savings]


def _saving_record(saving: Saving) -> Document:
    first: dict[str, Any] = {
        "Name": f"SV-{saving.number:05d}",
        "Account__c": saving.company.account_id,
        "Title__c": saving.title,
        "Kind__c": saving.kind,
        "Stage__c": "Identified",
        "Baseline_Fixed_On__c": None,
        "Identified_On__c": saving.identified_at.date(),
        "Negotiated_On__c": None,
        "Realised_On__c": None,
        "Validated_On__c": None,
        "Identified_Amount__c": saving.stages[0][2],
        "Negotiated_Amount__c": None,
        "Realised_Amount__c": None,
        "Validated_Amount__c": None,
        "CurrencyIsoCode": saving.company.vendor.currency,
        "Validated_By__c": "",
        "Proposal__c": saving.proposal_id,
    }
    changes: list[Change] = []
    if saving.baseline_on:
        fixed_at = saving.identified_at + (saving.baseline_on - saving.identified_at.date())
        changes.append((fixed_at, {"Baseline_Fixed_On__c": saving.baseline_on}))
    for stage, at, value in saving.stages[1:]:
        values: dict[str, Any] = {"Stage__c": stage}
        if stage == "Rejected":
            values["Validated_By__c"] = "Finance controller"
        else:
            values |= {f"{stage}_On__c": at.date(), f"{stage}_Amount__c": value}
        if stage == "Validated":
            values["Validated_By__c"] = "Finance controller"
        changes.append((at, values))
    if saving.corrected:
        changes.append((saving.corrected[0], {"Validated_Amount__c": saving.corrected[1]}))
    return record("saving", saving.number, saving.identified_at, first, changes)


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: str
    company: Company
    booked_at: datetime
    value: float
    currency: str
    saving_id: str
    pilot_id: str
    purpose: str
    pool: str


def make_reinvestments(
    seed: int, savings: Sequence[Saving], pilots: Sequence[Pilot], companies: Sequence[Company]
) -> list[Document]:
    """What goes back: promised when finance has validated, paid out a quarter later in one or two parts.

    Avoidance pays nothing in. Bonuses of vendors are booked in the pools and are no reinvestment; a clawback takes
    money back.
    """
    draws = Draws(seed, Stream.REINVESTMENTS)
    entries: list[_Entry] = []
    tried: dict[str, list[Pilot]] = {}
    for pilot in pilots:
        tried.setdefault(pilot.company.account_id, []).append(pilot)
    for saving in savings:
        if saving.kind == "Saving" and saving.validated:
            entries += _of_saving(draws, saving, *saving.validated, tried.get(saving.company.account_id, []))
    for company in companies:
        if company.is_strategic:
            for year in (2024, 2025, 2026):
                if draws.chance(0.4):
                    paid_at = draws.working_second(date(year, 2, draws.between(3, 25)))
                    bonus = ("Bonus", company, paid_at, draws.lognormal(9.8, 0.5), company.vendor.currency)
                    entries.append(_Entry(*bonus, "", "", "Value share of the year before", draws.pick(POOLS)))
    entries.sort(key=lambda entry: (entry.booked_at, entry.saving_id, entry.kind))
    return [_entry_record(number, entry) for number, entry in enumerate(entries, start=1)]


def _of_saving(
    draws: Draws, saving: Saving, validated_at: datetime, value: Decimal, tried: Sequence[Pilot]
) -> list[_Entry]:
    share = draws.within(*next(shares for before, shares in COMMITTED_SHARE if validated_at.date() < before))
    currency = saving.company.vendor.currency
    in_dollars = draws.chance(IN_COMPANY_CURRENCY)
    committed = float(value) * share * (RATES[currency] if in_dollars else 1.0)
    running = [pilot for pilot in tried if pilot.start <= days_later(validated_at.date(), 120)]
    pilot_id = running[-1].id if running else ""
    pool = draws.pick(POOLS)

    def entry(kind: str, at: datetime, booked: float, purpose: str) -> _Entry:
        named = (record_id("saving", saving.number), pilot_id, purpose, pool)
        return _Entry(kind, saving.company, at, booked, DOLLAR if in_dollars else currency, *named)

    committed_at = some_days_after(draws, validated_at, 3, 20)
    entries = [entry("Commitment", committed_at, committed, "Promised from validated savings")]
    left, at = committed * draws.within(*DISBURSED_SHARE), committed_at
    parts = draws.between(1, 2)
    for part in range(parts):
        at = some_days_after(draws, at, 75, 105) if part == 0 else some_days_after(draws, at, 15, 45)
        entries.append(entry("Disbursement", at, left / parts, "Pilot" if pilot_id else "Tools and samples"))
    if saving.corrected and draws.chance(CLAWBACKS):
        taken_at = some_days_after(draws, max(at, saving.corrected[0]), 10, 40)
        entries.append(entry("Clawback", taken_at, left * draws.within(0.2, 0.5), "The saving was cut back"))
    return entries


def _entry_record(number: int, entry: _Entry) -> Document:
    first: dict[str, Any] = {
        "Name": f"RI-{number:05d}",
        "Account__c": entry.company.account_id,
        "Pool__c": entry.pool,
        "Entry_Type__c": entry.kind,
        "Amount__c": amount(entry.value),
        "CurrencyIsoCode": entry.currency,
        "Booked_On__c": entry.booked_at.date(),
        "Saving__c": entry.saving_id,
        "Pilot__c": entry.pilot_id,
        "Purpose__c": entry.purpose,
    }
    return record("reinvestment", number, entry.booked_at + timedelta(hours=2), first)


Terms = Callable[[float], tuple[float, float, int, str]]
"""From what a vendor will save in its best quarter: threshold, cap, quality gate (ppm), delivery gate (%)."""

CLAUSES: tuple[Terms, ...] = (
    lambda saved: (saved * 0.4, saved * 2, 20_000, "80"),  # reaches the threshold and stays under the cap
    lambda saved: (saved * 0.2, saved * 0.03, 20_000, "80"),  # hits the cap
    lambda saved: (saved * 1.6, saved, 20_000, "80"),  # stays below the threshold
    lambda saved: (saved * 0.3, saved, 1, "80"),  # fails the gate of quality
    lambda saved: (saved * 0.3, saved, 20_000, "99.9"),  # fails the gate of delivery
)


def make_value_shares(seed: int, savings: Sequence[Saving], companies: Sequence[Company]) -> list[Document]:
    """A clause per year with two thirds of the strategic vendors, written so that every outcome happens."""
    draws = Draws(seed, Stream.VALUE_SHARES)
    saved: dict[tuple[str, int, int], float] = {}
    for saving in savings:
        if saving.kind == "Saving" and saving.validated:
            at, value = saving.validated
            key = (saving.company.account_id, *quarter_of(at.date()))
            saved[key] = saved.get(key, 0.0) + float(value)
    documents: list[Document] = []
    for year in (2024, 2025, 2026):
        for place, company in enumerate(company for company in companies if company.is_strategic):
            if place % 3 == year % 3:
                continue
            quarters = (saved.get((company.account_id, year, quarter), 0.0) for quarter in (1, 2, 3, 4))
            expected = max(quarters) or 60_000.0
            threshold, cap, ppm, delivery = CLAUSES[(place + year) % len(CLAUSES)](expected)
            first: dict[str, Any] = {
                "Name": f"VS-{len(documents) + 1:05d}",
                "Account__c": company.account_id,
                "Valid_From__c": date(year, 1, 1),
                "Valid_To__c": date(year, 12, 31),
                "Threshold_Amount__c": amount(round(threshold, -3)),
                "Share_Pct__c": Decimal(draws.pick((10, 15, 20, 25))),
                "Cap_Amount__c": amount(max(round(cap, -2), 500.0)),
                "CurrencyIsoCode": company.vendor.currency,
                "Quality_Gate_Ppm__c": Decimal(ppm),
                "Delivery_Gate_Pct__c": Decimal(delivery),
                "Clawback_Pct__c": Decimal(draws.pick((0, 50, 100))),
            }
            signed_at = draws.working_second(date(year - 1, 12, draws.between(1, 20)))
            documents.append(record("value_share_agreement", len(documents) + 1, signed_at, first))
    return documents
