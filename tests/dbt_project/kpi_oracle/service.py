"""Tickets: one episode each, measured to their resolution and never to their closing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from tests.dbt_project.kpi_oracle.observed import Seen, known, month
from tests.dbt_project.kpi_oracle.parties import parties, rows_of
from tests.dbt_project.kpi_oracle.statistics import percentile, wilson

NEEDED = ("opened_at", "resolved_at")
RESOLVED, CLOSED, CANCELLED = "6", "7", "8"
TARGET = timedelta(hours=24)


@dataclass(frozen=True)
class Ticket:
    """A ticket as known at a reading."""

    key: tuple[str, ...]
    vendor: str | None
    opened: datetime | None
    resolved: datetime | None
    is_open: bool
    is_cancelled: bool
    is_newest_unreadable: bool

    @property
    def hours(self) -> float | None:
        if self.opened is None or self.resolved is None:
            return None
        return (self.resolved - self.opened) / timedelta(hours=1)

    def outcome(self, as_of: datetime) -> bool | None:
        """Whether it was resolved within the target; None while nobody can tell."""
        if self.opened is None:
            return None
        if self.resolved is not None:
            return self.resolved - self.opened <= TARGET
        return False if self.is_open and as_of - self.opened > TARGET else None


@lru_cache(maxsize=2)
def tickets(readings: Seen) -> list[Ticket]:
    """Every ticket that was seen and could be read."""
    vendors = parties(readings).of_organisation
    found = []
    for key, history in rows_of(readings, "incident", "sys_id", "sys_updated_on", NEEDED).items():
        if history.newest is None:
            continue
        row = history.newest.content
        is_done = row["state"] in (RESOLVED, CLOSED)
        found.append(
            Ticket(
                key=key,
                vendor=vendors.get((key[0], row["vendor"])),
                opened=known(row["opened_at"]),
                resolved=known(row["resolved_at"]) if is_done else None,
                is_open=not is_done and row["state"] != CANCELLED,
                is_cancelled=row["state"] == CANCELLED,
                is_newest_unreadable=history.is_newest_unreadable,
            )
        )
    return found


def fct_service_ticket(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every ticket."""
    return [
        {
            "ticket_key": ":".join(ticket.key),
            "vendor_key": ticket.vendor,
            "opened_at": ticket.opened,
            "resolved_at": ticket.resolved,
            "gross_hours": ticket.hours,
            "is_open": ticket.is_open,
            "is_cancelled": ticket.is_cancelled,
        }
        for ticket in tickets(readings)
    ]


def vendor_month(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """Tickets by vendor, in the month they were opened or resolved in."""
    counted = [ticket for ticket in tickets(readings) if ticket.vendor and not ticket.is_cancelled]
    months = {(ticket.vendor, month(ticket.opened.date())) for ticket in counted if ticket.opened}
    months |= {(ticket.vendor, month(ticket.resolved.date())) for ticket in counted if ticket.resolved}
    rows = []
    for vendor, first_day in sorted(months, key=str):
        own = [ticket for ticket in counted if ticket.vendor == vendor]
        opened = [ticket for ticket in own if ticket.opened and month(ticket.opened.date()) == first_day]
        resolved = [ticket for ticket in own if ticket.resolved and month(ticket.resolved.date()) == first_day]
        hours = [ticket.hours for ticket in resolved if ticket.hours is not None]
        outcomes = [outcome for ticket in opened if (outcome := ticket.outcome(as_of)) is not None]
        lower, upper = wilson(sum(outcomes), len(outcomes))
        rows.append(
            {
                "vendor_key": vendor,
                "month": first_day,
                "tickets_opened": len(opened),
                "tickets_resolved": len(resolved),
                "ticket_gross_hours_p50": percentile(hours, 0.5),
                "ticket_gross_hours_p90": percentile(hours, 0.9),
                "tickets_within_target": sum(outcomes) / len(outcomes) if outcomes else None,
                "tickets_within_target_n": len(outcomes),
                "tickets_within_target_lower": lower,
                "tickets_within_target_upper": upper,
            }
        )
    return rows
