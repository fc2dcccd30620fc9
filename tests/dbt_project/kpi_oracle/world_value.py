"""Savings on their way through finance, pools that take and give money, clauses that share what was saved."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.dbt_project.kpi_oracle.company import Document, instant
from tests.dbt_project.kpi_oracle.dice import Dice
from tests.dbt_project.kpi_oracle.observed import Unreadable
from tests.dbt_project.kpi_oracle.vendors import BEFORE_ALL
from tests.dbt_project.kpi_oracle.world_relationship import record

MESSES = (
    "late_baselines", "missing_baselines", "avoidances", "taken_back_savings", "corrected_savings", "skipped_stages",
    "missing_amounts", "deleted_savings", "old_savings", "entries_ahead", "entries_of_nothing", "same_day_entries",
    "clawbacks", "bonuses", "deleted_entries", "two_pools", "short_agreements", "no_cap", "no_gates",
    "two_agreements", "amounts_without_rate",
)  # fmt: skip
UNKNOWN_FROM = date(2026, 4, 10)  # before, the ecosystem's shares are known
STAGES = ("Identified", "Negotiated", "Realised", "Validated")


def documents(dice: Dice, vendors: tuple[str, ...], known: list[Document]) -> list[Document]:
    """Savings of the world's accounts, entries of its pools, and agreements."""
    accounts = [document.states[0].row["Id"] for document in known if document.entity == "account"]
    if not accounts:
        return []
    proposals = [document.states[0].row["Id"] for document in known if document.entity == "innovation_proposal"]
    savings = [
        _saving(dice, f"s77§{count:02d}", dice.one_of(accounts), dice.one_of([None, *proposals]))
        for count in range(1, dice.between(0, 6) + 1)
    ]
    pilots = [document.states[0].row["Id"] for document in known if document.entity == "pilot"]
    entries = [
        _entry(dice, f"r77§{count:02d}", dice.one_of(accounts), savings, pilots)
        for count in range(1, dice.between(0, 8) + 1)
    ]
    agreements = [
        _agreement(dice, f"g77§{count:02d}", dice.one_of(accounts))
        for count in range(1, dice.between(0, 2 if "two_agreements" in dice.messes else 1) + 1)
    ]
    return [*savings, *entries, *agreements]


def _saving(dice: Dice, number: str, account: str, proposal: str | None) -> Document:
    identified = dice.day(-250 if dice.happens("old_savings") else -60, 60)
    row: dict[str, Any] = {
        "Id": number,
        "Name": f"SAV-{number}",
        "Account__c": account,
        "Title__c": "Lighter box",
        "Kind__c": "Avoidance" if dice.happens("avoidances", 3) else "Saving",
        "Stage__c": "Identified",
        "Baseline_Fixed_On__c": identified - timedelta(days=5),
        "Identified_On__c": identified,
        "Negotiated_On__c": None,
        "Realised_On__c": None,
        "Validated_On__c": None,
        "Identified_Amount__c": Decimal(dice.one_of((900, 12000))),
        "Negotiated_Amount__c": None,
        "Realised_Amount__c": None,
        "Validated_Amount__c": None,
        "CurrencyIsoCode": _currency(dice, identified),
        "Validated_By__c": "",
        "Proposal__c": proposal or "",
        "SystemModstamp": instant(identified),
    }
    if dice.happens("missing_baselines", 3):
        row["Baseline_Fixed_On__c"] = None
    rows, day = [row], identified
    for stage in STAGES[1 : dice.between(1, 4)] if dice.between(1, 3) == 1 else STAGES[1:]:
        day += timedelta(days=dice.between(0, 30))
        if stage != "Validated" and dice.happens("skipped_stages", 4):
            continue
        is_missing = day > UNKNOWN_FROM and dice.happens("missing_amounts", 6)
        amount = None if is_missing else Decimal(dice.one_of((800, 11000, "1234.56")))
        changes: dict[str, Any] = {"Stage__c": stage, f"{stage}_On__c": day, f"{stage}_Amount__c": amount}
        if stage == "Negotiated" and dice.happens("late_baselines"):
            changes["Baseline_Fixed_On__c"] = day + timedelta(days=dice.between(0, 1))
        rows.append({**rows[-1], **changes, "SystemModstamp": instant(day, 10)})
    rows += _afterwards(dice, rows[-1], day)
    return record("saving", *rows)


def _currency(dice: Dice, day: date) -> str:
    if day > UNKNOWN_FROM and dice.happens("amounts_without_rate", 4):
        return "CHF"
    return dice.one_of(("EUR", "EUR", "USD", "JPY", "GBP"))


def _pool(dice: Dice) -> str:
    return dice.one_of(("north", "south")) if dice.happens("two_pools") else "north"


def _afterwards(dice: Dice, row: dict[str, Any], day: date) -> list[dict[str, Any]]:
    """What finance thinks better of, often after the quarter is over."""
    later = {"SystemModstamp": instant(day + timedelta(days=dice.between(1, 80)), 11)}
    if dice.happens("taken_back_savings", 3):
        return [{**row, "Stage__c": "Rejected", **later}]
    if row["Validated_On__c"] and dice.happens("corrected_savings"):
        return [{**row, "Validated_Amount__c": Decimal(700), **later}]
    if dice.happens("deleted_savings", 5):
        return [{**row, "IsDeleted": True, **later}]
    if dice.happens("unreadable_values", 5):
        return [{**row, "Validated_Amount__c": Unreadable("a lot"), **later}]
    return []


def _entry(dice: Dice, number: str, account: str, savings: list[Document], pilots: list[str]) -> Document:
    kinds = ["Commitment", "Disbursement", "Disbursement"]
    kinds += ["Clawback"] if dice.happens("clawbacks") else []
    kinds += ["Bonus"] if dice.happens("bonuses") else []
    booked = dice.day(-50, 118)
    if dice.happens("same_day_entries"):
        booked = date(2026, 5, 4)
    if dice.happens("entries_ahead", 4):
        booked = date(2026, 7, dice.between(1, 9))
    names_none = not savings or dice.happens("entries_of_nothing")
    row: dict[str, Any] = {
        "Id": number,
        "Name": f"REI-{number}",
        "Account__c": account,
        "Pool__c": "" if dice.happens("entries_of_nothing", 6) else f"77§ {_pool(dice)}",
        "Entry_Type__c": dice.one_of(kinds),
        "Amount__c": Decimal(dice.one_of((50, 400, "99.99"))),
        "CurrencyIsoCode": _currency(dice, booked),
        "Booked_On__c": booked,
        "Saving__c": "" if names_none else dice.one_of(savings).states[0].row["Id"],
        "Pilot__c": dice.one_of(["", *pilots]),
        "Purpose__c": "Test bench",
        "SystemModstamp": instant(min(booked, date(2026, 6, 20)), 12),
    }
    rows = [row]
    later = {"SystemModstamp": row["SystemModstamp"] + timedelta(days=dice.between(1, 40))}
    if dice.happens("deleted_entries", 5):
        rows.append({**row, "IsDeleted": True, **later})
    elif dice.happens("unreadable_values", 5):
        rows.append({**row, "Amount__c": Unreadable("1.0.0"), **later})
    return record("reinvestment", *rows)


def _agreement(dice: Dice, number: str, account: str) -> Document:
    begins = dice.day(-60, 80) if dice.happens("short_agreements") else date(2026, 1, 1)
    has_gates = not dice.happens("no_gates")
    row: dict[str, Any] = {
        "Id": number,
        "Name": f"VSA-{number}",
        "Account__c": account,
        "Valid_From__c": begins,
        "Valid_To__c": begins + timedelta(days=60) if dice.happens("short_agreements") else date(2027, 12, 31),
        "Threshold_Amount__c": Decimal(dice.one_of((0, 500, 5000))),
        "Share_Pct__c": Decimal(20),
        "Cap_Amount__c": None if dice.happens("no_cap") else Decimal(dice.one_of((100, 1000))),
        "CurrencyIsoCode": dice.one_of(("EUR", "USD", "GBP", "CHF")),
        "Quality_Gate_Ppm__c": Decimal(dice.one_of((500, 400000))) if has_gates else None,
        "Delivery_Gate_Pct__c": Decimal(dice.one_of((5, 60, 99))) if has_gates else None,
        "Clawback_Pct__c": Decimal(dice.one_of((50, 100))),
        "SystemModstamp": BEFORE_ALL,
    }
    rows = [row]
    if dice.happens("unreadable_values", 4):
        rows.append({**row, "Threshold_Amount__c": Unreadable("none"), "SystemModstamp": instant(date(2026, 5, 20))})
    return record("value_share_agreement", *rows)
