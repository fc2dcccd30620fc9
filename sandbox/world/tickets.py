"""Service tickets about vendors and about other things: long tails, holds, reopenings, closing by a job."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.companies import Company, fold, portal_id
from sandbox.world.draws import Draws, Stream, days_later, midnight
from sandbox.world.history import Document

NEW, IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED, CANCELLED = "1", "2", "3", "6", "7", "8"
CATEGORIES = ("Quality", "Delivery", "Documentation", "Invoice", "Portal access")
GROUPS = ("Supplier quality", "Inbound logistics", "Procurement support", "Service desk")
CHANNELS = ("email", "phone", "self-service")


def make_tickets(seed: int, companies: Sequence[Company], size: float = 1.0) -> list[Document]:
    """Make all tickets, numbered in the order in which they were opened; `size` scales their number."""
    draws = Draws(seed, Stream.TICKETS)
    weights = _running_weights(companies)
    openings = []
    for day in (days_later(p.HISTORY_START, count) for count in range(p.ALL_DAYS)):
        for _ in range(draws.poisson(size * p.TICKETS_PER_DAY * 7 * p.TICKET_WEEKDAYS[day.weekday()])):
            openings.append(draws.working_second(day))
    documents = []
    for place, opened_at in enumerate(sorted(openings)):
        company = None
        if not draws.chance(p.TICKET_WITHOUT_VENDOR):
            company = companies[bisect_right(weights, draws.uniform() * weights[-1])]
        documents.append(make_ticket(draws, f"INC{10001 + place:07d}", opened_at, company))
    return sorted(documents, key=lambda document: document.key)


def _running_weights(companies: Sequence[Company]) -> list[float]:
    """Tickets follow the square root of the number of lines, and how often the vendor is late."""
    total, running = 0.0, []
    for company in companies:
        total += math.sqrt(company.vendor.lines) * (1 + 5 * company.vendor.late_rate)
        running.append(total)
    return running


def _hours(draws: Draws) -> float:
    """Hours to resolve, by the measured quantiles."""
    luck = draws.uniform()
    for (low_share, low), (high_share, high) in pairwise(p.RESOLVE_HOURS):
        if luck <= high_share:
            place = (luck - low_share) / (high_share - low_share)
            return math.exp(math.log(low) + place * (math.log(high) - math.log(low)))
    return p.RESOLVE_HOURS[-1][1]


def _closing_job(at: datetime) -> datetime:
    """The closing job runs at every full hour and closes what was resolved five days before: ties are normal."""
    due = at + timedelta(days=p.AUTO_CLOSE_DAYS)
    return midnight(due.date()) + timedelta(hours=due.hour + 1)


def make_ticket(draws: Draws, number: str, opened_at: datetime, company: Company | None) -> Document:
    """One ticket from its opening to its closing."""
    priority = draws.weighted(p.PRIORITIES) or "4"
    created_at = opened_at + timedelta(seconds=draws.between(0, 900))
    first: dict[str, Any] = {
        "sys_id": portal_id("incident", number),
        "number": number,
        "state": NEW,
        "priority": priority,
        "category": draws.pick(CATEGORIES),
        "contact_type": draws.pick(CHANNELS),
        "assignment_group": draws.pick(GROUPS),
        "vendor": company.portal_id if company else "",
        "vendor.name": company.portal_name if company else "",
        "made_sla": True,
        "reopen_count": 0,
        "reassignment_count": 0,
        "opened_at": opened_at,
        "resolved_at": None,
        "closed_at": None,
        "sys_created_on": created_at,
    }
    changes = _life(draws, created_at)
    target = opened_at + timedelta(hours=p.SLA_HOURS[priority])
    for at, values in changes:
        if at > target and values.get("state") != CLOSED:
            values["made_sla"] = False
    return fold((first["sys_id"],), created_at, first, changes, "sys_updated_on")


def _life(draws: Draws, created_at: datetime) -> list[tuple[datetime, dict[str, Any]]]:
    hours = _hours(draws)
    end = (created_at + timedelta(hours=hours)).replace(microsecond=0)
    if end <= created_at:
        end = created_at + timedelta(seconds=draws.between(1, 59))
    changes: list[tuple[datetime, dict[str, Any]]] = []

    def during(share: float) -> datetime:
        return (created_at + (end - created_at) * share).replace(microsecond=0)

    if hours > 0.2:
        changes.append((during(draws.within(0.02, 0.2)), {"state": IN_PROGRESS}))
        if draws.chance(p.TICKET_REASSIGNED):
            values = {"reassignment_count": draws.between(1, 4), "assignment_group": draws.pick(GROUPS)}
            changes.append((during(draws.within(0.2, 0.4)), values))
        if draws.chance(p.TICKET_ON_HOLD):
            changes.append((during(draws.within(0.4, 0.6)), {"state": ON_HOLD}))
            changes.append((during(draws.within(0.6, 0.95)), {"state": IN_PROGRESS}))
    luck = draws.uniform()
    if luck < p.TICKET_CANCELLED:
        return [*changes, (end, {"state": CANCELLED, "closed_at": end})]
    if luck < p.TICKET_CANCELLED + p.TICKET_CLOSED_UNRESOLVED:
        return [*changes, (end, {"state": CLOSED, "closed_at": end})]
    changes.append((end, {"state": RESOLVED, "resolved_at": end}))
    if draws.chance(p.TICKET_REOPENED):
        reopened_at = (end + timedelta(hours=draws.within(2, 100))).replace(microsecond=0)
        changes.append((reopened_at, {"state": IN_PROGRESS, "reopen_count": 1, "resolved_at": None}))
        end = (reopened_at + timedelta(hours=draws.within(1, 90))).replace(microsecond=0)
        changes.append((end, {"state": RESOLVED, "resolved_at": end}))
    closed_at = _closing_job(end)
    return [*changes, (closed_at, {"state": CLOSED, "closed_at": closed_at})]
