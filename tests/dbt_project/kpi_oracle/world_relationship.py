"""Accounts, votes in both directions, and proposals of which some say too little."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.dbt_project.kpi_oracle.company import Document, State, instant
from tests.dbt_project.kpi_oracle.dice import Dice
from tests.dbt_project.kpi_oracle.observed import Unreadable
from tests.dbt_project.kpi_oracle.vendors import BEFORE_ALL, NAMES

MESSES = (
    "vendors_without_account", "accounts_without_number", "two_accounts", "second_votes", "scores_off_the_scale",
    "deleted_answers", "odd_waves", "anonymous_votes", "incomplete_proposals", "repeated_titles", "deleted_proposals",
    "every_vendor_asked", "merged_accounts",
)  # fmt: skip
DIRECTIONS = ("vendor_rates_us", "stakeholder_rates_vendor")
WAVES = ("2026-Q1", "2026-Q2")


def documents(dice: Dice, vendors: tuple[str, ...], known: list[Document]) -> list[Document]:
    """Accounts of the vendors, their votes and proposals."""
    accounts = [account for vendor in vendors for account in _accounts(dice, vendor)]
    names = [account.states[0].row["Id"] for account in accounts]
    if not names:
        return []
    return [*accounts, *_votes(dice, names), *_proposals(dice, names)]


def record(entity: str, *rows: dict[str, Any]) -> Document:
    """An object of the CRM and what became of it; each row names its SystemModstamp."""
    defaults = {"CreatedDate": rows[0]["SystemModstamp"], "IsDeleted": False}
    return Document("salesforce", entity, tuple(State(row["SystemModstamp"], {**defaults, **row}) for row in rows))


def _accounts(dice: Dice, vendor: str) -> list[Document]:
    if dice.happens("vendors_without_account", 3):
        return []
    row = {
        "Id": f"a{vendor}",
        "Name": NAMES[vendor].lower(),
        "AccountNumber": "" if dice.happens("accounts_without_number") else vendor,
        "Type": "Vendor",
        "Vendor_Category__c": dice.one_of(("Sensors", "Packaging", "")),
        "Strategic_Vendor__c": dice.one_of((True, False)),
        "MasterRecordId": "",
        "SystemModstamp": BEFORE_ALL,
    }
    found = [record("account", row)]
    if dice.happens("two_accounts", 3):
        found.append(record("account", {**row, "Id": f"b{vendor}", "AccountNumber": f"0000{vendor}"}))
    if dice.happens("merged_accounts", 2):
        # what belonged to it goes on naming the account that is gone
        gone = {**row, "Id": f"m{vendor}", "Name": "Somebody", "AccountNumber": ""}
        merged = {"IsDeleted": True, "MasterRecordId": row["Id"], "SystemModstamp": instant(dice.day(10, 110))}
        found.append(record("account", gone, {**gone, **merged}))
    return found


def _votes(dice: Dice, accounts: list[str]) -> list[Document]:
    found: list[Document] = []
    asked = [
        (dice.one_of(accounts), dice.one_of(DIRECTIONS), dice.one_of(WAVES), dice.one_of((1, 3, 9, 10, 14)))
        for _ in range(dice.between(0, 3))
    ]
    if dice.happens("every_vendor_asked", 1):
        asked += [(account, DIRECTIONS[0], WAVES[1], 1) for account in accounts]
    for account, direction, wave, voters in asked:
        first = dice.day(0, 60)
        for voter in range(voters):
            submitted = instant(first + timedelta(days=dice.between(0, 3)), 2)
            row = {
                "Id": f"v77§{len(found) + 1:02d}",
                "Account__c": account,
                "Direction__c": direction,
                "Wave__c": "spring" if dice.happens("odd_waves", 8) else wave,
                "Score__c": Decimal(dice.one_of((0, 6, 7, 8, 9, 10))),
                "Respondent_Email__c": None if dice.happens("anonymous_votes", 8) else f"hash {voter}",
                "Submitted_At__c": submitted,
                "SystemModstamp": submitted,
            }
            rows = [row]
            later = submitted + timedelta(days=20)
            if dice.happens("scores_off_the_scale", 8):
                row["Score__c"] = Decimal(dice.one_of((-1, 11)))
            if dice.happens("deleted_answers", 8):
                rows.append({**row, "IsDeleted": True, "SystemModstamp": later})
            elif dice.happens("unreadable_values", 8):
                rows.append({**row, "Score__c": Unreadable("nine"), "SystemModstamp": later})
            found.append(record("survey_response", *rows))
            if dice.happens("second_votes", 6):
                again = {**row, "Id": f"v77§{len(found) + 1:02d}", "Score__c": Decimal(dice.one_of((2, 9)))}
                found.append(record("survey_response", {**again, "Submitted_At__c": later, "SystemModstamp": later}))
    return found


def _proposals(dice: Dice, accounts: list[str]) -> list[Document]:
    found = []
    for count in range(1, dice.between(0, 5) + 1):
        submitted = dice.day(-40, 118)
        row: dict[str, Any] = {
            "Id": f"p77§{count:02d}",
            "Account__c": dice.one_of(accounts),
            "Title__c": dice.one_of(("Lighter box", "lighter-BOX"))
            if dice.happens("repeated_titles")
            else f"Idea {count}",
            "Problem__c": "Freight",
            "Benefit_Estimate__c": Decimal(1000),
            "CurrencyIsoCode": "EUR",
            "Proposal_Owner__c": "Category manager",
            "Next_Step__c": "Pilot",
            "Cost_To_Implement__c": Decimal(10) if dice.between(0, 1) else None,
            "Time_To_Implement_Days__c": Decimal(30),
            "Status__c": dice.one_of(("Submitted", "Triaged", "Rejected")),
            "Submitted_Date__c": submitted,
            "First_Feedback_At__c": None,
            "SystemModstamp": instant(submitted),
        }
        if dice.happens("incomplete_proposals"):
            row |= dice.one_of(
                (
                    {"Problem__c": ""},
                    {"Benefit_Estimate__c": None},
                    {"Proposal_Owner__c": " "},
                    {"Next_Step__c": None},
                    {"Cost_To_Implement__c": None, "Time_To_Implement_Days__c": None},
                )
            )
        rows = [row]
        later = instant(submitted + timedelta(days=dice.between(1, 30)))
        if dice.happens("deleted_proposals", 4):
            rows.append({**row, "IsDeleted": True, "SystemModstamp": later})
        elif dice.happens("unreadable_values", 4):
            rows.append({**row, "Submitted_Date__c": Unreadable("31.02.2026"), "SystemModstamp": later})
        elif dice.between(0, 1):
            rows.append({**row, "Status__c": "Actionable", "First_Feedback_At__c": later, "SystemModstamp": later})
        found.append(record("innovation_proposal", *rows))
    return found
