"""What is done together with the strategic vendors: innovation days, sprints, workshops, and joint roadmaps."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.companies import Company
from sandbox.world.crm_records import Change, amount, record, some_days_after
from sandbox.world.draws import Draws, Stream, days_later
from sandbox.world.history import Document

CANCELLED = 0.10
NEVER_CONFIRMED = 0.04
"""Held or not, nobody says so: the record stays planned."""
KINDS = (
    # kind, days and most people of ours; probability
    (("Innovation Day", 1.0, 25), 0.20),
    (("Joint Sprint", 5.0, 8), 0.30),
    (("Workshop", 0.5, 12), 0.35),
    (("Harvest Session", 0.5, 9), 0.15),
)
ROADMAP_ITEMS = (2, 5)
IP_TERMS = (("Ours", 0.25), ("Vendor", 0.2), ("Joint", 0.35), ("Licensed", 0.15))
"""What is left of 1 has no terms yet."""

_TOPICS = ("Packaging", "Forecast", "Cold chain", "Paperless receipt", "Second source", "Returns", "Sensor data")
_OUTCOMES = ("Two ideas go to triage", "Action list agreed", "Prototype accepted", "Pilot agreed", "No result")


def make_engagements(seed: int, companies: Sequence[Company]) -> list[Document]:
    """Strategic vendors are met twice a quarter, some others once in a while; planned a month ahead."""
    draws = Draws(seed, Stream.ENGAGEMENTS)
    meetings = []
    for company in companies:
        if not company.account_id or (company.vendor.rank >= 80 and not company.is_strategic):
            continue
        every = 45 if company.is_strategic else 400
        day = days_later(p.HISTORY_START, draws.between(10, every + 10))
        while day <= p.LAST_DAY:
            meetings.append((draws.working_day(day), company))
            day = days_later(day, draws.between(every // 2, every * 3 // 2))
    meetings.sort(key=lambda meeting: (meeting[0], meeting[1].vendor.number))
    return [_engagement(draws, number, company, day) for number, (day, company) in enumerate(meetings, start=1)]


def _engagement(draws: Draws, number: int, company: Company, day: date) -> Document:
    kind, days, most = draws.weighted(KINDS) or KINDS[0][0]
    status = draws.weighted((("Cancelled", CANCELLED), ("Planned", NEVER_CONFIRMED))) or "Held"
    planned_at = draws.working_second(days_later(day, -draws.between(14, 40)))
    return engagement_record(
        draws,
        number,
        company,
        (kind, draws.pick(_TOPICS), days),
        planned_at,
        day,
        (status, most, draws.pick(_OUTCOMES)),
    )


def engagement_record(
    draws: Draws,
    number: int,
    company: Company,
    what: tuple[str, str, float],
    planned_at: datetime,
    day: date,
    came_of_it: tuple[str, int, str],
) -> Document:
    """One meeting. `what` is (kind, topic, days), `came_of_it` is (status, most people of ours, outcome)."""
    kind, topic, days = what
    status, most, outcome = came_of_it
    first: dict[str, Any] = {
        "Name": f"EN-{number:05d}",
        "Account__c": company.account_id,
        "Kind__c": kind,
        "Title__c": f"{kind}: {topic.lower()}",
        "Held_On__c": day,
        "Duration_Days__c": Decimal(str(days)),
        "Participants_Ours__c": None,
        "Participants_Vendor__c": None,
        "Status__c": "Planned",
        "Outcome__c": "",
    }
    changes: list[Change] = []
    if status == "Cancelled":
        changes.append((draws.working_second(days_later(day, -draws.between(1, 9))), {"Status__c": status}))
    elif status == "Held":
        values = {
            "Status__c": status,
            "Participants_Ours__c": Decimal(draws.between(3, most)),
            "Participants_Vendor__c": Decimal(draws.between(2, 8)),
            "Outcome__c": outcome,
        }
        changes.append((some_days_after(draws, draws.working_second(day), int(days), int(days) + 6), values))
    return record("engagement", number, planned_at, first, changes)


def make_roadmap_items(seed: int, companies: Sequence[Company]) -> list[Document]:
    """Items of the joint roadmaps of strategic vendors, each with a share and terms for what comes out."""
    draws = Draws(seed, Stream.ROADMAPS)
    plans = []
    for company in companies:
        if not company.is_strategic:
            continue
        for _ in range(draws.between(*ROADMAP_ITEMS)):
            plans.append((days_later(p.HISTORY_START, draws.between(30, p.ALL_DAYS - 60)), company))
    plans.sort(key=lambda plan: (plan[0], plan[1].vendor.number))
    return [_roadmap_item(draws, number, company, start) for number, (start, company) in enumerate(plans, start=1)]


def _roadmap_item(draws: Draws, number: int, company: Company, start: date) -> Document:
    end = days_later(start, draws.between(90, 420))
    late = draws.pick((-20, 0, 0, 15, 45, 90))
    fate = draws.weighted((("Cancelled", 0.1), ("Delayed", 0.1))) or "Done"
    begins, ends = draws.working_second(start), draws.working_second(days_later(end, late))
    changes: list[Change] = [(begins, {"Status__c": "In Progress"})]
    if fate == "Done":
        changes.append((ends, {"Status__c": fate, "Actual_End__c": ends.date()}))
    elif fate == "Delayed":
        changes.append((draws.working_second(end), {"Status__c": fate, "Planned_End__c": days_later(end, 120)}))
    else:
        changes.append((begins + (ends - begins) / 2, {"Status__c": fate}))
    return roadmap_record(
        number,
        company,
        f"{draws.pick(_TOPICS)} with {company.vendor.name.split()[0]}",
        (start, end),
        {
            "Investment__c": amount(draws.lognormal(11.6, 0.7)),
            "Our_Share_Pct__c": Decimal(draws.pick((30, 50, 50, 60, 75))),
            "IP_Terms__c": draws.weighted(IP_TERMS) or "",
        },
        draws.working_second(days_later(start, -draws.between(30, 120))),
        [(at.replace(microsecond=0), values) for at, values in changes],
    )


def roadmap_record(
    number: int,
    company: Company,
    title: str,
    planned: tuple[date, date],
    terms: dict[str, Any],
    created_at: datetime,
    changes: Sequence[Change],
) -> Document:
    """One item of a roadmap, planned for a span of days."""
    first: dict[str, Any] = {
        "Name": f"RM-{number:05d}",
        "Account__c": company.account_id,
        "Title__c": title,
        "Planned_Start__c": planned[0],
        "Planned_End__c": planned[1],
        "Actual_End__c": None,
        **terms,
        "CurrencyIsoCode": company.vendor.currency,
        "Status__c": "Planned",
    }
    return record("roadmap_item", number, created_at, first, changes)
