"""When the service desks of the contracts are open: local hours, whatever the clocks of the year do."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.dbt_project.kpi_oracle.spans import Span

A_DAY = timedelta(days=1)
BERLIN, UTC = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
HOLIDAYS = ((1, 1), (12, 25), (12, 26))  # month and day, of the office
SCHEDULES = ("24x7", "weekdays_8_18")


def open_spans(schedule: str, begins: datetime, ends: datetime) -> list[Span]:
    """The open hours of a schedule between two instants."""
    if schedule == "24x7":
        return [(begins, ends)] if begins < ends else []
    found = []
    day = begins.astimezone(BERLIN).date()
    while day <= ends.astimezone(BERLIN).date():
        if day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS:
            opens, closes = _at(day, 8), _at(day, 18)
            if opens < ends and begins < closes:
                found.append((max(opens, begins), min(closes, ends)))
        day += A_DAY
    return found


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), BERLIN).astimezone(UTC)
