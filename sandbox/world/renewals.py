"""Framework agreements with vendors and when they are renewed."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.companies import Company
from sandbox.world.crm_records import Change, amount, is_known, record
from sandbox.world.draws import Draws, Stream, days_later
from sandbox.world.history import Document

VENDORS = 45
AGREEMENTS = (1, 3)
TERMS = (12, 12, 24, 36)
OUTCOMES = (("Renewed", 0.68), ("Renegotiated", 0.22))
"""What is left of 1 is ended."""
SIGNED_DAYS = (-8.0, 22.0)
"""Mean and spread of the days from the due date to the signature; many sign late."""
ASKED_DAYS_AHEAD = 200


def make_renewals(seed: int, companies: Sequence[Company]) -> list[Document]:
    """One record per due date, opened half a year before; the term begins again unless the agreement ends."""
    draws = Draws(seed, Stream.RENEWALS)
    due: list[tuple[date, str, Company, int, float, str]] = []
    partners = [company for company in companies if company.account_id and company.vendor.rank < VENDORS]
    agreements = [company for company in partners for _ in range(draws.between(*AGREEMENTS))]
    for place, company in enumerate(agreements, start=1):
        term, value = draws.pick(TERMS), draws.lognormal(12.0, 0.9)
        day = days_later(p.HISTORY_START, draws.between(20, 30 * term))
        outcome = "Renewed"
        while is_known(day) and outcome != "Ended":
            outcome = draws.weighted(OUTCOMES) or "Ended"
            due.append((day, f"FA-{place:05d}", company, term, value, outcome))
            day, value = months_later(day, term), value * draws.within(0.9, 1.15)
    due.sort(key=lambda one: one[:2])
    documents = []
    for number, (day, contract, company, term, value, outcome) in enumerate(due, start=1):
        shift = SIGNED_DAYS[0] + SIGNED_DAYS[1] * draws.normal()
        signed_on = draws.working_day_before(days_later(day, round(max(shift, -80))))
        documents.append(renewal_record(draws, number, company, contract, (day, signed_on), (outcome, term, value)))
    return documents


def months_later(day: date, months: int) -> date:
    """The same day of a later month, the 28th at most."""
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, min(day.day, 28))


def renewal_record(
    draws: Draws,
    number: int,
    company: Company,
    contract: str,
    days: tuple[date, date],
    came_of_it: tuple[str, int, float],
) -> Document:
    """One renewal. `days` are (due, signed); `came_of_it` is (outcome, months, value of a year)."""
    due, signed_on = days
    outcome, term, value = came_of_it
    first: dict[str, Any] = {
        "Name": f"CR-{number:05d}",
        "Account__c": company.account_id,
        "Contract_Number__c": contract,
        "Due_Date__c": due,
        "Decided_On__c": None,
        "Signed_On__c": None,
        "Outcome__c": "",
        "Term_Months__c": Decimal(term),
        "Annual_Value__c": amount(value),
        "CurrencyIsoCode": company.vendor.currency,
    }
    decided_on = draws.working_day_before(days_later(signed_on, -draws.between(5, 25)))
    decided: dict[str, Any] = {"Outcome__c": outcome, "Decided_On__c": decided_on}
    changes: list[Change] = [(_entered(draws, decided_on), decided)]
    if outcome != "Ended":
        changes.append((_entered(draws, signed_on), {"Signed_On__c": signed_on}))
    opened_at = draws.working_second(days_later(due, -ASKED_DAYS_AHEAD))
    return record("contract_renewal", number, opened_at, first, changes)


def _entered(draws: Draws, day: date) -> datetime:
    """Typed in on the day itself or up to three days later."""
    return draws.working_second(days_later(day, draws.between(0, 3)))
