"""What is agreed with vendors and done with them: joint KPIs, engagements, roadmap items, renewals of contracts."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.dbt_project.kpi_oracle.company import Document, instant
from tests.dbt_project.kpi_oracle.dice import Dice
from tests.dbt_project.kpi_oracle.observed import Unreadable
from tests.dbt_project.kpi_oracle.vendors import BEFORE_ALL
from tests.dbt_project.kpi_oracle.world_relationship import record

MESSES = (
    "late_agreements", "dropped_kpis", "kpis_taken_up_again", "vague_kpis", "kpis_without_target", "unmeasured_kpis",
    "early_values", "odd_quarters", "deleted_kpis", "changed_targets", "cancelled_engagements",
    "unconfirmed_engagements",
    "delayed_items", "items_without_plan", "late_signatures", "ended_contracts", "forgotten_renewals",
    "renewals_without_date", "deleted_renewals",
)  # fmt: skip
QUARTERS = ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q2", "2026-Q3")


def documents(dice: Dice, vendors: tuple[str, ...], known: list[Document]) -> list[Document]:
    """A few of each for the world's accounts."""
    accounts = [document.states[0].row["Id"] for document in known if document.entity == "account"]
    found: list[Document] = []
    for kind, make in (("j", _joint_kpi), ("e", _engagement), ("d", _roadmap_item), ("w", _renewal)):
        for count in range(1, dice.between(0, 5) + 1):
            if accounts:
                found.append(make(dice, f"{kind}77§{count:02d}", dice.one_of(accounts)))
    return found


def _joint_kpi(dice: Dice, number: str, account: str) -> Document:
    name = dice.one_of(QUARTERS)
    begins = date(int(name[:4]), int(name[-1]) * 3 - 2, 1)
    agreed = begins + timedelta(days=dice.one_of((1, 40)) if dice.happens("late_agreements") else dice.one_of((0, -20)))
    row: dict[str, Any] = {
        "Id": number,
        "Name": f"JK-{number}",
        "Account__c": account,
        "Title__c": "Fewer returns",
        "Quarter__c": "summer" if dice.happens("odd_quarters", 4) else name,
        "Agreed_On__c": None,
        "Is_Measurable__c": not dice.happens("vague_kpis", 3),
        "Unit__c": "%",
        "Direction__c": "" if dice.happens("kpis_without_target", 4) else dice.one_of(("higher", "lower")),
        "Baseline_Value__c": Decimal(80),
        "Target_Value__c": None if dice.happens("kpis_without_target", 4) else Decimal(90),
        "Actual_Value__c": None,
        "Status__c": "Proposed",
        "SystemModstamp": instant(agreed - timedelta(days=3)),
    }
    rows = [row]

    def becomes(day: date, **changes: Any) -> None:
        at = max(instant(day), rows[-1]["SystemModstamp"] + timedelta(hours=1))
        rows.append({**rows[-1], **changes, "SystemModstamp": at})

    if dice.between(1, 5) > 1:
        becomes(agreed, Status__c="Agreed", Agreed_On__c=agreed)
    if dice.happens("early_values", 3):
        becomes(begins + timedelta(days=40), Actual_Value__c=Decimal(dice.one_of((85, 95))))
    if dice.happens("dropped_kpis", 3):
        becomes(begins + timedelta(days=dice.one_of((-5, 30, 70, 100))), Status__c="Dropped")
        if dice.happens("kpis_taken_up_again", 3):
            becomes(begins + timedelta(days=75), Status__c="Agreed")
            if dice.between(0, 1):
                becomes(begins + timedelta(days=80), Status__c="Dropped")
    elif not dice.happens("unmeasured_kpis"):
        becomes(
            begins + timedelta(days=dice.one_of((50, 95))),
            Status__c="Measured",
            Actual_Value__c=Decimal(dice.one_of((85, 90, 95))),
        )
    if dice.happens("changed_targets", 4):
        becomes(begins + timedelta(days=98), Target_Value__c=Decimal(86))
    if dice.happens("deleted_kpis", 5):
        becomes(begins + timedelta(days=99), IsDeleted=True)
    elif dice.happens("unreadable_values", 5):
        becomes(begins + timedelta(days=99), Actual_Value__c=Unreadable("high"))
    return record("joint_kpi", *rows)


def _engagement(dice: Dice, number: str, account: str) -> Document:
    held = dice.day(-60, 140)
    row: dict[str, Any] = {
        "Id": number,
        "Name": f"ENG-{number}",
        "Account__c": account,
        "Kind__c": dice.one_of(("Innovation Day", "Joint Sprint", "Workshop", "Harvest Session")),
        "Title__c": "Less freight",
        "Held_On__c": None if dice.happens("unconfirmed_engagements", 4) else held,
        "Duration_Days__c": Decimal("1.5"),
        "Participants_Ours__c": Decimal(4),
        "Participants_Vendor__c": dice.one_of((None, Decimal(5))),
        "Status__c": "Planned",
        "Outcome__c": "",
        "SystemModstamp": instant(held - timedelta(days=20)),
    }
    rows = [row]
    if dice.happens("cancelled_engagements", 4):
        rows.append({**row, "Status__c": "Cancelled", "SystemModstamp": instant(held)})
    elif not dice.happens("unconfirmed_engagements"):
        rows.append({**row, "Status__c": "Held", "Outcome__c": "Two ideas", "SystemModstamp": instant(held, 16)})
    if dice.happens("unreadable_values", 5):
        later = rows[-1]["SystemModstamp"] + timedelta(hours=2)
        rows.append({**rows[-1], "Held_On__c": Unreadable("May"), "SystemModstamp": later})
    return record("engagement", *rows)


def _roadmap_item(dice: Dice, number: str, account: str) -> Document:
    begins = dice.day(-60, 100)
    ends = begins + timedelta(days=dice.one_of((20, 90)))
    row: dict[str, Any] = {
        "Id": number,
        "Name": f"RM-{number}",
        "Account__c": account,
        "Title__c": "Lighter box",
        "Planned_Start__c": begins,
        "Planned_End__c": None if dice.happens("items_without_plan", 3) else ends,
        "Actual_End__c": None,
        "Investment__c": None if dice.happens("items_without_plan", 3) else Decimal(30000),
        "CurrencyIsoCode": "EUR",
        "Our_Share_Pct__c": Decimal(40),
        "IP_Terms__c": dice.one_of(("Ours", "Vendor", "Joint", "Licensed", "")),
        "Status__c": dice.one_of(("Planned", "In Progress")),
        "SystemModstamp": instant(begins),
    }
    rows = [row]
    done = ends + timedelta(days=dice.between(1, 20) if dice.happens("delayed_items") else dice.between(-9, 0))
    fate = dice.one_of(("Done", "Cancelled", ""))
    if fate == "Done":
        rows.append({**row, "Status__c": fate, "Actual_End__c": done, "SystemModstamp": instant(done)})
    elif fate:
        rows.append({**row, "Status__c": fate, "SystemModstamp": instant(done)})
    return record("roadmap_item", *rows)


def _renewal(dice: Dice, number: str, account: str) -> Document:
    due = None if dice.happens("renewals_without_date", 3) else dice.day(0, 160)
    signed = (due or date(2026, 5, 15)) - timedelta(
        days=dice.between(-20, -1) if dice.happens("late_signatures") else dice.between(0, 90)
    )
    row: dict[str, Any] = {
        "Id": number,
        "Name": f"REN-{number}",
        "Account__c": account,
        "Contract_Number__c": "C1",
        "Due_Date__c": due,
        "Decided_On__c": None,
        "Signed_On__c": None,
        "Outcome__c": "",
        "Term_Months__c": Decimal(24),
        "Annual_Value__c": Decimal(90000),
        "CurrencyIsoCode": "EUR",
        "SystemModstamp": BEFORE_ALL,
    }
    rows = [row]
    if dice.happens("forgotten_renewals", 3):
        return record("contract_renewal", *rows)
    decided = signed - timedelta(days=dice.between(0, 20))
    if dice.happens("ended_contracts", 3):
        rows.append({**row, "Decided_On__c": decided, "Outcome__c": "Ended", "SystemModstamp": instant(decided)})
        return record("contract_renewal", *rows)
    chosen = {"Decided_On__c": decided, "Outcome__c": dice.one_of(("Renewed", "Renegotiated"))}
    rows.append({**row, **chosen, "SystemModstamp": instant(decided)})
    rows.append({**rows[-1], "Signed_On__c": signed, "SystemModstamp": instant(signed, 15)})
    later = {"SystemModstamp": instant(signed + timedelta(days=4))}
    if dice.happens("deleted_renewals", 5):
        rows.append({**rows[-1], "IsDeleted": True, **later})
    elif dice.happens("unreadable_values", 5):
        rows.append({**rows[-1], "Signed_On__c": Unreadable("yes"), **later})
    return record("contract_renewal", *rows)
