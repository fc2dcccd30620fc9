"""What is due of an open alert at a clock: a reminder, a rung of the ladder, an answer. Pure functions.

The clock is the as-of time of a run; hours are elapsed hours, around the clock and through weekends. An alert that was
never mailed has no timers, and neither has one that somebody has taken on, also if it was escalated by hand after that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping

from config.alert_routes import AlertRoutes


@dataclass(frozen=True)
class Timed:
    """An open alert, as far as its timers need it. Instants are UTC."""

    severity: str
    kpi_family: str
    opened_at: datetime
    told_at: datetime | None
    reminded_at: datetime | None
    acknowledged_at: datetime | None
    escalation_level: int

    @classmethod
    def of(cls, row: Mapping[str, Any] | RowMapping) -> "Timed":
        """The alert of a row of the ledger."""
        return cls(**{field.name: row[field.name] for field in fields(cls)})


def is_reminder_due(alert: Timed, routes: AlertRoutes, clock: datetime) -> bool:
    """Whether the repeat interval has passed since it was told of last."""
    hours = routes.remind_after_hours.get(alert.severity)
    if hours is None or alert.told_at is None or alert.acknowledged_at is not None:
        return False
    return (alert.reminded_at or alert.told_at) + timedelta(hours=hours) <= clock


def level_reached(alert: Timed, routes: AlertRoutes, clock: datetime) -> int:
    """The rung of the ladder that the alert stands on at the clock; those it was taken to by hand count.

    The first rung is due no later than the time in which its KPI family must be answered, counted from the opening.
    """
    level = alert.escalation_level
    if alert.told_at is None or alert.told_at >= clock or alert.acknowledged_at is not None:
        return level
    for number, rung in enumerate(routes.escalation.get(alert.severity, ()), start=1):
        due = alert.told_at + timedelta(hours=rung.after_hours)
        if number == 1 and (answer_due := answer_due_at(alert.kpi_family, alert.opened_at, routes)):
            due = min(due, answer_due)
        if due <= clock:
            level = max(level, number)
    return level


def answer_due_at(kpi_family: str, opened_at: datetime, routes: AlertRoutes) -> datetime | None:
    """When somebody must have taken the alert on; None where the KPI family has no such clock."""
    hours = routes.answer_within_hours.get(kpi_family)
    return None if hours is None else opened_at + timedelta(hours=hours)
