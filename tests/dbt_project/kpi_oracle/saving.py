"""Savings by stage, the pools they go into, what was put back of them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from tests.dbt_project.kpi_oracle.cost import COMPANY_CURRENCY, Rates
from tests.dbt_project.kpi_oracle.crm import CrmObject, crm_objects
from tests.dbt_project.kpi_oracle.observed import Seen, quarter
from tests.dbt_project.kpi_oracle.quarters import quarters, three_before

STAGES = ("identified", "negotiated", "realised", "validated")
UNASSIGNED = "unassigned"


@dataclass(frozen=True)
class Saving:
    """A saving or avoidance; ``amounts``: by stage in company currency at the rate of its day, None without a rate."""

    told: CrmObject
    kind: str
    stage: str
    days: dict[str, date | None]
    amounts: dict[str, float | None]

    @property
    def is_baseline_in_time(self) -> bool:
        fixed, negotiated = self.told.row["Baseline_Fixed_On__c"], self.days["negotiated"]
        return fixed is not None and negotiated is not None and fixed <= negotiated

    @property
    def validated_on(self) -> date | None:
        return self.days["validated"]

    @property
    def is_validated(self) -> bool:
        return self.kind == "saving" and self.stage == "validated" and self.validated_on is not None

    @property
    def is_taken_back(self) -> bool:
        return self.kind == "saving" and self.stage == "rejected" and self.validated_on is not None


@dataclass(frozen=True)
class Entry:
    """An entry of a pool; ``amount`` in company currency, None without a rate."""

    told: CrmObject
    kind: str
    booked_on: date
    amount: float | None

    @property
    def reinvested(self) -> float | None:
        if self.kind in ("commitment", "bonus"):
            return 0.0
        return None if self.amount is None else self.amount if self.kind == "disbursement" else -self.amount


@lru_cache(maxsize=2)
def savings(readings: Seen) -> list[Saving]:
    """Every saving that could be read."""
    rates = Rates(readings)
    found = []
    for told in crm_objects(readings, "saving", ("Validated_On__c", "Validated_Amount__c")):
        days = {stage: told.row[f"{stage.capitalize()}_On__c"] for stage in STAGES}
        amounts = {
            stage: in_company_currency(rates, told, f"{stage.capitalize()}_Amount__c", days[stage]) for stage in STAGES
        }
        found.append(Saving(told, told.row["Kind__c"].lower(), told.row["Stage__c"].lower(), days, amounts))
    return found


@lru_cache(maxsize=2)
def entries(readings: Seen) -> list[Entry]:
    """Every entry of a pool that could be read."""
    rates = Rates(readings)
    found = []
    for told in crm_objects(readings, "reinvestment", ("Amount__c", "Booked_On__c")):
        day = told.row["Booked_On__c"]
        amount = in_company_currency(rates, told, "Amount__c", day)
        found.append(Entry(told, told.row["Entry_Type__c"].lower(), day, amount))
    return found


def in_company_currency(rates: Rates, told: CrmObject, field: str, day: date | None) -> float | None:
    amount, rate = told.number(field), rates.at(told.row["CurrencyIsoCode"], day)
    return None if amount is None or rate is None else cents(amount * rate)


def cents(amount: float) -> float:
    """Half a cent is a cent."""
    return float(Decimal(repr(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def fct_saving(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every saving."""
    return [
        {
            "saving_key": saving.told.key,
            "vendor_key": saving.told.vendor,
            "proposal_key": saving.told.named("Proposal__c"),
            "kind": saving.kind,
            "stage": saving.stage,
            "baseline_fixed_on": saving.told.row["Baseline_Fixed_On__c"],
            "is_baseline_in_time": saving.is_baseline_in_time,
            **{f"{stage}_on": day for stage, day in saving.days.items()},
            **{f"{stage}_amount": saving.told.number(f"{stage.capitalize()}_Amount__c") for stage in STAGES},
            **{f"{stage}_company_amount": amount for stage, amount in saving.amounts.items()},
            "company_currency": COMPANY_CURRENCY,
            "is_validated": saving.is_validated,
            "is_taken_back": saving.is_taken_back,
        }
        for saving in savings(readings)
    ]


def fct_reinvestment(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every entry."""
    return [
        {
            "reinvestment_key": entry.told.key,
            "vendor_key": entry.told.vendor,
            "pool": entry.told.row["Pool__c"],
            "entry_type": entry.kind,
            "booked_on": entry.booked_on,
            "is_booked": entry.booked_on <= as_of.date(),
            "amount": entry.told.number("Amount__c"),
            "company_amount": entry.amount,
            "reinvested_amount": entry.reinvested,
            "saving_key": entry.told.named("Saving__c"),
            "pilot_key": entry.told.named("Pilot__c"),
        }
        for entry in entries(readings)
    ]


def booked(readings: Seen, as_of: datetime) -> list[Entry]:
    """The entries whose day has come."""
    return [entry for entry in entries(readings) if entry.booked_on <= as_of.date()]


def reinvestment_pool(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The ledger of each pool in the order of booking; on one day savings first."""
    first_named: dict[str | None, str] = {}
    for entry in sorted(booked(readings, as_of), key=lambda entry: (entry.booked_on, entry.told.key)):
        if entry.told.row["Pool__c"]:
            first_named.setdefault(entry.told.named("Saving__c"), entry.told.row["Pool__c"])
    ledger: list[dict[str, Any]] = []
    for saving in savings(readings):
        if saving.is_validated:
            ledger.append(
                {
                    "pool": first_named.get(saving.told.key, UNASSIGNED),
                    "entry_key": saving.told.key,
                    "entry_type": "saving",
                    "booked_on": saving.validated_on,
                    "vendor_key": saving.told.vendor,
                    "saving_key": saving.told.key,
                    "pilot_key": None,
                    "amount": saving.amounts["validated"],
                }
            )
    for entry in booked(readings, as_of):
        if entry.told.row["Pool__c"] is None:
            continue
        ledger.append(
            {
                "pool": entry.told.row["Pool__c"],
                "entry_key": entry.told.key,
                "entry_type": entry.kind,
                "booked_on": entry.booked_on,
                "vendor_key": entry.told.vendor,
                "saving_key": entry.told.named("Saving__c"),
                "pilot_key": entry.told.named("Pilot__c"),
                "amount": entry.amount,
            }
        )
    ledger.sort(key=lambda row: (row["booked_on"], row["entry_type"] != "saving", row["entry_key"]))
    sums: dict[str, dict[str, float]] = {}
    for row in ledger:
        pool = sums.setdefault(row["pool"], {"balance": 0.0, "open_commitment": 0.0, "reinvested_to_date": 0.0})
        kind, amount = row["entry_type"], row["amount"] or 0.0
        change = {"saving": 1, "clawback": 1, "disbursement": -1, "bonus": -1}.get(kind, 0) * amount
        row["balance_change"] = None if row["amount"] is None and kind != "commitment" else change
        pool["balance"] += change
        pool["open_commitment"] += {"commitment": 1, "disbursement": -1}.get(kind, 0) * amount
        pool["reinvested_to_date"] += {"disbursement": 1, "clawback": -1}.get(kind, 0) * amount
        row |= pool
    return ledger


def reinvestment_quarter(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """What was saved and put back in each quarter, in four quarters, and of the savings of the quarter."""
    counted = [saving for saving in savings(readings) if saving.is_validated]
    all_booked = booked(readings, as_of)
    rows = []
    for first_day in quarters(readings, as_of):
        four = {first_day, *three_before(first_day)}
        saved, put_back = _of(counted, all_booked, {first_day})
        saved_in_four, put_back_in_four = _of(counted, all_booked, four)
        keys = {saving.told.key for saving in saved}
        of_cohort = [entry for entry in all_booked if entry.told.named("Saving__c") in keys]
        amounts = [saving.amounts["validated"] for saving in saved]
        unknown_in_four = [saving for saving in saved_in_four if saving.amounts["validated"] is None]
        unknown_entries = [entry for entry in put_back_in_four if entry.reinvested is None]
        validated, in_four = _sum(amounts), _sum(saving.amounts["validated"] for saving in saved_in_four)
        reinvested_in_four = _sum(entry.reinvested for entry in put_back_in_four)
        is_unknown = bool(unknown_in_four or unknown_entries)
        is_cohort_unknown = None in amounts or any(entry.reinvested is None for entry in of_cohort)
        of_the_cohort = _sum(entry.reinvested for entry in of_cohort)
        rows.append(
            {
                "quarter": first_day,
                "validated_amount": validated,
                "validated_savings": len(saved),
                "committed_amount": _sum(entry.amount for entry in put_back if entry.kind == "commitment"),
                "reinvested_amount": _sum(entry.reinvested for entry in put_back),
                "bonus_amount": _sum(entry.amount for entry in put_back if entry.kind == "bonus"),
                "unknown_amounts": amounts.count(None) + [entry.amount for entry in put_back].count(None),
                "validated_amount_rolling": in_four,
                "reinvested_amount_rolling": reinvested_in_four,
                "savings_reinvested": None if is_unknown or in_four <= 0 else reinvested_in_four / in_four,
                "savings_reinvested_n": len(saved_in_four),
                "cohort_reinvested_amount": of_the_cohort,
                "cohort_reinvested": None if is_cohort_unknown or validated <= 0 else of_the_cohort / validated,
            }
        )
    return rows


def _of(counted: list[Saving], all_booked: list[Entry], some: set[date]) -> tuple[list[Saving], list[Entry]]:
    saved = [saving for saving in counted if saving.validated_on and quarter(saving.validated_on) in some]
    return saved, [entry for entry in all_booked if quarter(entry.booked_on) in some]


def _sum(amounts: Any) -> float:
    """What is known of it."""
    return sum((amount for amount in amounts if amount is not None), 0.0)
