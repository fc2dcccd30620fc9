"""Tickets: one episode each, measured to the resolution that lasted and never to their closing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from tests.dbt_project.kpi_oracle.availability import availability_of_vendors
from tests.dbt_project.kpi_oracle.lead_time import Wait, curve, reached
from tests.dbt_project.kpi_oracle.observed import Row, Seen, Version, known, month
from tests.dbt_project.kpi_oracle.parties import parties, rows_of
from tests.dbt_project.kpi_oracle.service_hours import SCHEDULES, open_spans
from tests.dbt_project.kpi_oracle.spans import HOUR, Span, hours, within, without
from tests.dbt_project.kpi_oracle.statistics import percentile, wilson

NEEDED = ("opened_at", "resolved_at")
HELD, RESOLVED, CLOSED, CANCELLED = "3", "6", "7", "8"
TARGET = timedelta(hours=24)
STABLE = timedelta(hours=120)
KINDS = ("resolution", "response", "underpinning")


@dataclass(frozen=True)
class Target:
    """A target of a ticket: met, breached, or running; cancelled ones say nothing."""

    name: str | None
    kind: str | None
    state: str
    schedule: str | None
    started: datetime
    planned_end: datetime | None
    breached: datetime | None
    paused: timedelta | None
    paused_when_open: timedelta | None


@dataclass(frozen=True)
class Stay:
    """A ticket was in a state, from an instant to another one."""

    state: str | None
    begins: datetime
    ends: datetime | None


@dataclass(frozen=True)
class Ticket:
    """A ticket as known at an as-of time."""

    key: tuple[str, ...]
    vendor: str | None
    row: Row
    is_newest_unreadable: bool
    stays: tuple[Stay, ...]
    targets: tuple[Target, ...]

    @property
    def opened(self) -> datetime | None:
        return known(self.row["opened_at"])

    @property
    def is_cancelled(self) -> bool:
        return bool(self.row["state"] == CANCELLED)

    @property
    def is_open(self) -> bool:
        return self.row["state"] not in (RESOLVED, CLOSED, CANCELLED)

    @property
    def reopened(self) -> list[datetime]:
        """When it went back from resolved or closed to work."""
        return [
            after.begins
            for before, after in pairwise(self.stays)
            if before.state in (RESOLVED, CLOSED) and after.state not in (RESOLVED, CLOSED, CANCELLED)
        ]

    @property
    def lasting_resolution(self) -> datetime | None:
        """The first resolution of its history that no reopening followed soon."""
        for stay in self.stays:
            if stay.state in (RESOLVED, CLOSED) and not any(
                stay.begins <= back <= stay.begins + STABLE for back in self.reopened
            ):
                return stay.begins
        return None

    @property
    def resolved(self) -> datetime | None:
        """The first resolution that lasted; where the history knows none, what the portal says."""
        if self.is_cancelled:
            return None
        if self.lasting_resolution is None:
            return None if self.is_open else known(self.row["resolved_at"])
        return self.lasting_resolution

    @property
    def lasted(self) -> Span | None:
        if self.opened is None or self.resolved is None or self.resolved < self.opened:
            return None
        return self.opened, self.resolved

    @property
    def hours(self) -> float | None:
        return (self.lasted[1] - self.lasted[0]) / HOUR if self.lasted else None

    @property
    def holds(self) -> list[Span]:
        """When it was on hold while it ran."""
        if self.lasted is None:
            return []
        own = [(stay.begins, stay.ends or self.lasted[1]) for stay in self.stays if stay.state == HELD]
        return within(own, [self.lasted])

    def last_target(self, kind: str) -> Target | None:
        """The one that was attached last."""
        own = [target for target in self.targets if target.kind == kind and target.state != "cancelled"]
        return max(own, key=lambda target: target.started, default=None)

    @property
    def pause_hours(self) -> float | None:
        target = self.last_target("resolution")
        if self.lasted is None:
            return None
        if self.stays:
            return hours(self.holds)
        return target.paused / HOUR if target and target.paused is not None else None

    @property
    def net_hours(self) -> float | None:
        if self.hours is None or self.pause_hours is None:
            return None
        return max(self.hours - self.pause_hours, 0.0)

    @property
    def business_hours(self) -> float | None:
        target = self.last_target("resolution")
        if self.lasted is None or target is None or target.schedule not in SCHEDULES:
            return None
        is_open = open_spans(target.schedule, *self.lasted)
        if self.stays:
            return hours(without(is_open, self.holds))
        if target.paused_when_open is None:
            return None
        return max(hours(is_open) - target.paused_when_open / HOUR, 0.0)

    @property
    def flags(self) -> list[str]:
        """What is doubtful about it."""
        doubts = {
            "resolved_before_opened": bool(self.opened and self.resolved and self.resolved < self.opened),
            "no_opening_time": self.opened is None,
            "no_resolution_time": not self.is_open and not self.is_cancelled and self.resolved is None,
            "reopened_after_stable_resolution": self.is_open and self.lasting_resolution is not None,
            "paused_longer_than_it_ran": (self.pause_hours or 0.0) > (self.hours or 0.0),
            "unreadable_newest_version": self.is_newest_unreadable,
        }
        return [name for name, holds in doubts.items() if holds]

    def verdict(self, kind: str) -> str | None:
        """Breached if one target is, met if all are."""
        states = {target.state for target in self.targets if target.kind == kind} - {"cancelled"}
        return next((state for state in ("breached", "running", "met") if state in states), None)

    def breached(self, kind: str) -> datetime | None:
        """Since when the first of its breached targets is."""
        return min((one.breached for one in self.targets if one.kind == kind and one.breached), default=None)

    def outcome(self, as_of: datetime) -> bool | None:
        """Whether it was resolved within the target; None while nobody can tell."""
        if self.opened is None:
            return None
        if self.resolved is not None:
            return None if self.hours is None else self.hours <= TARGET / HOUR
        return False if self.is_open and as_of - self.opened > TARGET else None


@lru_cache(maxsize=2)
def tickets(readings: Seen, as_of: datetime) -> list[Ticket]:
    """Every ticket that was seen and could be read."""
    vendors = parties(readings).of_organisation
    stays, targets = _stays(readings), _targets(readings, as_of)
    found = []
    for key, history in rows_of(readings, "incident", "sys_id", "sys_updated_on", NEEDED).items():
        if history.newest is not None:
            row = history.newest.content
            vendor = vendors.get((key[0], row["vendor"]))
            told = (vendor, row, history.is_newest_unreadable)
            found.append(Ticket(key, *told, tuple(stays[key]), tuple(targets[key])))
    return found


def _stays(readings: Seen) -> dict[tuple[str, ...], list[Stay]]:
    """The stays of tickets in states, in order; a portal that measures both fields is read by one of them."""
    entered: dict[Any, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for key, history in rows_of(readings, "metric_instance", "sys_id", "sys_updated_on", ("start", "end")).items():
        row = history.newest.content if history.newest else None
        if row and row["field"] in ("incident_state", "state"):
            entered[key[0], row["id"]][row["field"]].append(row)
    found: dict[tuple[str, ...], list[Stay]] = defaultdict(list)
    for ticket, fields in entered.items():
        rows = sorted(fields.get("incident_state") or fields["state"], key=lambda row: row["start"])
        for row, after in zip(rows, [*rows[1:], None], strict=True):
            ends = row["end"] or (after and after["start"])
            found[ticket].append(Stay(row["field_value"], row["start"], ends))
    return found


def _targets(readings: Seen, as_of: datetime) -> dict[tuple[str, ...], list[Target]]:
    found: dict[tuple[str, ...], list[Target]] = defaultdict(list)
    for key, history in rows_of(readings, "task_sla", "sys_id", "sys_updated_on", ("planned_end_time",)).items():
        row = history.newest.content if history.newest else None
        if row is None:
            continue
        kind = {"SLA": row["sla.target"], "Underpinning contract": "underpinning"}.get(row["sla.type"])
        state = _state(row, as_of)
        found[key[0], row["task"]].append(
            Target(
                name=row["sla.name"],
                kind=kind if kind in KINDS else None,
                state=state,
                schedule=row["schedule.name"],
                started=row["start_time"],
                planned_end=row["planned_end_time"],
                breached=_first_breach(history.versions) or row["planned_end_time"] if state == "breached" else None,
                paused=_seconds(row["pause_duration"]),
                paused_when_open=_seconds(row["business_pause_duration"]),
            )
        )
    return found


def _first_breach(versions: Sequence[Version]) -> datetime | None:
    """The planned end that had passed when the portal first said so; when it said so without a readable one."""
    return min(
        (
            min(known(one.content["planned_end_time"]) or one.changed_at, one.changed_at)
            for one in versions
            if one.content["has_breached"]
        ),
        default=None,
    )


def _state(row: Row, as_of: datetime) -> str:
    """A target that runs past its planned end is a breach now, whatever its flag says."""
    if row["stage"] == "cancelled":
        return "cancelled"
    planned, ended = row["planned_end_time"], row["end_time"]
    is_late = planned is not None and (ended or as_of) > planned
    if row["has_breached"] or (is_late and row["stage"] != "paused"):
        return "breached"
    return "met" if row["stage"] == "completed" else "running"


def _seconds(value: Any) -> timedelta | None:
    return None if known(value) is None else timedelta(seconds=value)


def fct_service_ticket(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every ticket."""
    rows = []
    for ticket in tickets(readings, as_of):
        resolution, underpinning = ticket.last_target("resolution"), ticket.last_target("underpinning")
        rows.append(
            {
                "ticket_key": ":".join(ticket.key),
                "vendor_key": ticket.vendor,
                "opened_at": ticket.opened,
                "resolved_at": ticket.resolved,
                "resolution_basis": ("state_history" if ticket.lasting_resolution else "portal")
                if ticket.resolved
                else None,
                "gross_hours": ticket.hours,
                "pause_hours": ticket.pause_hours,
                "net_hours": ticket.net_hours,
                "pause_basis": None
                if ticket.pause_hours is None
                else ("state_history" if ticket.stays else "sla_pause"),
                "business_hours": ticket.business_hours,
                "schedule": resolution and resolution.schedule,
                "resolution_target": resolution and resolution.name,
                "resolution_state": ticket.verdict("resolution"),
                "resolution_planned_end_at": resolution and resolution.planned_end,
                "resolution_breached_at": ticket.breached("resolution"),
                "response_state": ticket.verdict("response"),
                "underpinning_state": ticket.verdict("underpinning"),
                "underpinning_planned_end_at": underpinning and underpinning.planned_end,
                "is_open": ticket.is_open,
                "is_cancelled": ticket.is_cancelled,
                "reopenings": len(ticket.reopened) if ticket.stays else None,
                "data_flags": ",".join(ticket.flags) or None,
            }
        )
    return rows


def vendor_month(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """Tickets by vendor, in the month they were opened or resolved in; availability in the month it was."""
    counted = [ticket for ticket in tickets(readings, as_of) if ticket.vendor and not ticket.is_cancelled]
    available = availability_of_vendors(readings, as_of)
    months = {(ticket.vendor, month(ticket.opened.date())) for ticket in counted if ticket.opened}
    # who was resolved before being opened was resolved nobody knows when
    months |= {(ticket.vendor, month(ticket.lasted[1].date())) for ticket in counted if ticket.lasted}
    rows = []
    for vendor, first_day in sorted(months | available.keys(), key=str):
        own = [ticket for ticket in counted if ticket.vendor == vendor]
        opened = [ticket for ticket in own if ticket.opened and month(ticket.opened.date()) == first_day]
        resolved = [ticket for ticket in own if ticket.lasted and month(ticket.lasted[1].date()) == first_day]
        gross = [ticket.hours for ticket in resolved if ticket.hours is not None]
        net = [ticket.net_hours for ticket in resolved if ticket.net_hours is not None]
        business = [ticket.business_hours for ticket in resolved if ticket.business_hours is not None]
        outcomes = [outcome for ticket in opened if (outcome := ticket.outcome(as_of)) is not None]
        share, items = available.get((vendor, first_day), (None, 0))
        rows.append(
            {
                "vendor_key": vendor,
                "month": first_day,
                "tickets_opened": len(opened),
                "tickets_resolved": len(resolved),
                "ticket_gross_hours_p50": percentile(gross, 0.5),
                "ticket_gross_hours_p90": percentile(gross, 0.9),
                "ticket_net_hours_p50": percentile(net, 0.5),
                "ticket_net_hours_p90": percentile(net, 0.9),
                "ticket_net_hours_n": len(net),
                "ticket_business_hours_p50": percentile(business, 0.5),
                "ticket_business_hours_p90": percentile(business, 0.9),
                "ticket_business_hours_n": len(business),
                **_share("tickets_within_target", outcomes),
                **_share("sla_attainment", _decided(opened, "resolution")),
                **_share("underpinning_attainment", _decided(opened, "underpinning")),
                **_time_to_resolve(opened, as_of),
                "availability": share,
                "availability_n": items,
            }
        )
    return rows


def _decided(opened: list[Ticket], kind: str) -> list[bool]:
    return [verdict == "met" for ticket in opened if (verdict := ticket.verdict(kind)) in ("met", "breached")]


def _share(name: str, outcomes: list[bool]) -> dict[str, Any]:
    lower, upper = wilson(sum(outcomes), len(outcomes))
    share = sum(outcomes) / len(outcomes) if outcomes else None
    return {name: share, f"{name}_n": len(outcomes), f"{name}_lower": lower, f"{name}_upper": upper}


def _time_to_resolve(opened: list[Ticket], as_of: datetime) -> dict[str, Any]:
    """Kaplan and Meier's estimate with the open tickets, which last at least until now."""
    waits = [Wait(ticket.hours, True, False) for ticket in opened if ticket.hours is not None]
    still = [ticket.opened for ticket in opened if ticket.opened and ticket.resolved is None and ticket.is_open]
    waits += [Wait((as_of - since) / HOUR, False, False) for since in still]
    steps = curve(waits)
    row: dict[str, Any] = {"mttr_n": len(waits), "mttr_open_tickets": len(still)}
    for name, share in (("mttr_p50_hours", 0.5), ("mttr_p90_hours", 0.9)):
        row[name] = reached(steps, share, "waiting")
        row[f"{name}_lower"] = reached(steps, share, "lower")
        row[f"{name}_upper"] = reached(steps, share, "upper")
    return row
