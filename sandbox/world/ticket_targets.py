"""Targets of tickets with their clocks, and the history of a ticket's states."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.companies import fold, portal_id
from sandbox.world.crm_records import Change, by_key
from sandbox.world.draws import Draws, Stream, days_later, midnight
from sandbox.world.history import Document
from sandbox.world.service_hours import ALWAYS, OFFICE, open_seconds_later, seconds_before
from sandbox.world.tickets import CANCELLED, CLOSED, IN_PROGRESS, NEW, ON_HOLD, RESOLVED

STATE_NAMES = {
    NEW: "New",
    IN_PROGRESS: "In Progress",
    ON_HOLD: "On Hold",
    RESOLVED: "Resolved",
    CLOSED: "Closed",
    CANCELLED: "Canceled",
}
HOUR = 3600
RESOLUTION = {"1": (ALWAYS, 4), "2": (ALWAYS, 24), "3": (OFFICE, 30), "4": (OFFICE, 50)}
"""By priority: the schedule and the open hours to resolve in; 30 are three days of the office."""
RESPONSE = {"1": (ALWAYS, 0.5), "2": (ALWAYS, 1), "3": (OFFICE, 4), "4": (OFFICE, 8)}
UNDERPINNING = (OFFICE, 40)
WITH_UNDERPINNING = 0.35
"""Share of the tickets about a vendor for which its contract has a target of its own."""
FIRST_REFRESHES, LATER_REFRESH = 4, 4
"""A job refreshes the percentages of running targets on the first Sundays, later on every fourth."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A ticket's stay in a state; `end` is None for the last one."""

    state: str
    start: datetime
    end: datetime | None


History = tuple[Document, list[Stay]]
"""A ticket and its stays."""


def histories_of(tickets: Sequence[Document]) -> list[History]:
    """The tickets with their stays, which both their targets and their metrics follow."""
    return [(ticket, stays_of(ticket)) for ticket in tickets]


def stays_of(ticket: Document) -> list[Stay]:
    """The stays of a ticket in its states, one after the other."""
    entered: list[tuple[str, datetime]] = []
    for at, row in zip(ticket.instants, ticket.states, strict=True):
        if row and (not entered or entered[-1][0] != row["state"]):
            entered.append((row["state"], at))
    ends = [at for _, at in entered[1:]]
    return [Stay(state, start, end) for (state, start), end in zip(entered, [*ends, None], strict=True)]


def make_metric_instances(histories: Sequence[History]) -> list[Document]:
    """A row for each stay of each ticket: written a second after it began, completed a second after it ended."""
    documents = []
    for ticket, stays in histories:
        for place, stay in enumerate(stays):
            written_at = stay.start + _A_SECOND
            running: dict[str, Any] = {
                "sys_id": portal_id("metric_instance", ticket.key[0], str(place)),
                "id": ticket.key[0],
                "definition": _STATE_DURATION,
                "field": "incident_state",
                "value": STATE_NAMES[stay.state],
                "field_value": stay.state,
                "start": stay.start,
                "end": None,
                "duration": None,
                "calculation_complete": False,
                "sys_created_on": written_at,
                "sys_updated_on": written_at,
            }
            if stay.end is None:
                documents.append(Document((running["sys_id"],), (written_at,), (running,)))
                continue
            completed_at = stay.end + _A_SECOND
            completed = {
                **running,
                "end": stay.end,
                "duration": int((stay.end - stay.start).total_seconds()),
                "calculation_complete": True,
                "sys_updated_on": completed_at,
            }
            documents.append(Document((running["sys_id"],), (written_at, completed_at), (running, completed)))
    return by_key(documents)


_A_SECOND = timedelta(seconds=1)
_STATE_DURATION = portal_id("metric_definition", "Incident State Duration")


@dataclass(frozen=True, slots=True)
class Target:
    """A definition of a target. `ends` are the states that end its clock; with `pauses` it stands still on hold."""

    name: str
    kind: str
    goal: str
    schedule: str
    hours: float
    ends: frozenset[str]
    pauses: bool


DONE = frozenset({RESOLVED, CLOSED, CANCELLED})
ANSWERED = frozenset(STATE_NAMES) - {NEW}


def _targets(priority: str) -> tuple[Target, Target, Target]:
    schedule, hours = RESOLUTION[priority]
    resolution = Target(f"Priority {priority} resolution", "SLA", "resolution", schedule, hours, DONE, True)
    schedule, answered_in = RESPONSE[priority]
    response = Target(f"Priority {priority} response", "SLA", "response", schedule, answered_in, ANSWERED, False)
    schedule, hours = UNDERPINNING
    kind = "Underpinning contract"
    return resolution, response, Target("Vendor resolution", kind, "resolution", schedule, hours, DONE, False)


TARGETS = {priority: _targets(priority) for priority in RESOLUTION}


def make_task_slas(seed: int, histories: Sequence[History]) -> list[Document]:
    """The targets of all tickets with every state of their clocks. A reopened ticket gets its target anew."""
    draws = Draws(seed, Stream.TICKET_TARGETS)
    documents = []
    for ticket, stays in histories:
        row = ticket.states[0] or {}
        resolution, response, underpinning = TARGETS[row["priority"]]
        for place, round_of_work in enumerate(_rounds(stays)):
            documents.append(_task_sla(ticket.key[0], resolution, round_of_work, place))
        documents.append(_task_sla(ticket.key[0], response, stays, 0))
        has_contract = draws.chance(WITH_UNDERPINNING)
        if row["vendor"] and has_contract and len(stays) > 1 and stays[1].state == IN_PROGRESS:
            documents.append(_task_sla(ticket.key[0], underpinning, stays[1:], 0))
    return by_key(documents)


def _rounds(stays: Sequence[Stay]) -> Iterator[Sequence[Stay]]:
    """The stays from each opening or reopening on."""
    yield stays
    for place, (before, after) in enumerate(pairwise(stays), start=1):
        if before.state == RESOLVED and after.state == IN_PROGRESS:
            yield stays[place:]


def _task_sla(ticket: str, target: Target, stays: Sequence[Stay], place: int) -> Document:
    start, schedule = stays[0].start, target.schedule
    sys_id = portal_id("task_sla", ticket, target.name, str(place))
    planned_end = open_seconds_later(schedule, start, target.hours * HOUR)
    first: dict[str, Any] = {
        "sys_id": sys_id,
        "task": ticket,
        "sla": _record_of("contract_sla", target.name),
        "sla.name": target.name,
        "sla.type": target.kind,
        "sla.target": target.goal,
        "schedule": _record_of("cmn_schedule", schedule),
        "schedule.name": schedule,
        "stage": "in_progress",
        "has_breached": False,
        "start_time": start,
        "end_time": None,
        "planned_end_time": planned_end,
        "pause_duration": 0,
        "business_pause_duration": 0,
        "duration": None,
        "business_duration": None,
        "sys_created_on": start,
    }
    changes: list[Change] = []
    paused = business_paused = 0
    has_breached = False
    for stay in stays:
        if stay.state in target.ends:
            stage = "cancelled" if stay.state == CANCELLED else "completed"
            elapsed = int((stay.start - start).total_seconds()) - paused
            business = round(seconds_before(schedule, stay.start) - seconds_before(schedule, start)) - business_paused
            ended = {"stage": stage, "end_time": stay.start, "duration": elapsed, "business_duration": business}
            changes.append((stay.start, ended))
            break
        if stay.state == ON_HOLD and target.pauses:
            changes.append((stay.start, {"stage": "paused"}))
            if stay.end:
                paused += int((stay.end - stay.start).total_seconds())
                business_paused += round(seconds_before(schedule, stay.end) - seconds_before(schedule, stay.start))
                shift = target.hours * HOUR + business_paused
                planned_end = planned_end if has_breached else open_seconds_later(schedule, start, shift)
                resumed = {"pause_duration": paused, "business_pause_duration": business_paused}
                changes.append((stay.end, {"stage": "in_progress", **resumed, "planned_end_time": planned_end}))
        elif not has_breached and (stay.end is None or planned_end < stay.end):
            has_breached = True
            changes.append((max(planned_end, stay.start), {"has_breached": True}))
    changes += [(at, {}) for at in _refreshes(start, changes)]
    return fold((sys_id,), start, first, changes, "sys_updated_on")


@cache
def _record_of(table: str, name: str) -> str:
    return portal_id(table, name)


def _refreshes(start: datetime, changes: Sequence[Change]) -> Iterator[datetime]:
    """Sundays at 03:00 on which the clock runs."""
    until = next((at for at, values in changes if "end_time" in values), _END_OF_WORLD)
    at = midnight(days_later(start.date(), 6 - start.weekday())) + timedelta(hours=3)
    if at <= start:
        at += _A_WEEK
    count = 0
    while at < until:
        if count < FIRST_REFRESHES or count % LATER_REFRESH == 0:
            stages = [values["stage"] for changed, values in changes if changed <= at and "stage" in values]
            if not stages or stages[-1] == "in_progress":
                yield at
        at += _A_WEEK
        count += 1


_A_WEEK = timedelta(days=7)
_END_OF_WORLD = midnight(p.LAST_DAY)
