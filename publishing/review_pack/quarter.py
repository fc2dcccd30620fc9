"""The quarter that a pack is about."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ecosystem.errors import UsageError

MONTHS = 3
_NAMED = re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter by its first day."""

    first_day: date

    @property
    def name(self) -> str:
        """``2026-Q2``, as folders are named."""
        return f"{self.first_day.year}-Q{self.first_day.month // MONTHS + 1}"

    @property
    def title(self) -> str:
        """``Q2 2026``, as people read it."""
        return f"Q{self.first_day.month // MONTHS + 1} {self.first_day.year}"

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of its months."""
        return tuple(self.first_day.replace(day=1, month=self.first_day.month + index) for index in range(MONTHS))

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.after(1).first_day - timedelta(days=1)

    def after(self, count: int) -> "Quarter":
        """The quarter ``count`` later; earlier where it is negative."""
        index = self.first_day.year * 4 + self.first_day.month // MONTHS + count
        return Quarter(date(index // 4, index % 4 * MONTHS + 1, 1))

    def holds(self, day: date | datetime | None) -> bool:
        """Whether a day lies in it; an unknown day does not."""
        if day is None:
            return False
        plain = day.date() if isinstance(day, datetime) else day
        return self.first_day <= plain <= self.last_day

    def is_over(self, as_of: datetime) -> bool:
        """Whether it had ended at ``as_of`` (UTC)."""
        return as_of.date() > self.last_day


def quarter_of(day: date) -> Quarter:
    """The quarter in which a day lies."""
    return Quarter(date(day.year, (day.month - 1) // MONTHS * MONTHS + 1, 1))


def last_over(as_of: datetime) -> Quarter:
    """The last quarter that had ended at ``as_of`` (UTC)."""
    return quarter_of(as_of.date()).after(-1)


def parse_quarter(text: str) -> Quarter:
    """Read ``2026-Q2`` or the quarter's first day, ``2026-04-01``.

    Raises:
        UsageError: the text is neither.
    """
    named = _NAMED.fullmatch(text.strip())
    if named:
        return Quarter(date(int(named[1]), (int(named[2]) - 1) * MONTHS + 1, 1))
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = None
    if day is None or quarter_of(day).first_day != day:
        raise UsageError(f"'{text}' is no quarter: write it as 2026-Q2, or as its first day, such as 2026-04-01.")
    return Quarter(day)


def chosen_quarter(text: str | None, as_of: datetime, running_allowed: bool = False) -> Quarter:
    """The quarter asked for; without one the last that is over.

    Raises:
        UsageError: the text is no quarter, or the quarter has not begun, or is running and that was not allowed.
    """
    quarter = parse_quarter(text) if text else last_over(as_of)
    if quarter.first_day > as_of.date():
        raise UsageError(f"{quarter.title} has not begun at {as_of:%Y-%m-%d}, where the publication ends.")
    if not quarter.is_over(as_of) and not running_allowed:
        raise UsageError(
            f"{quarter.title} is running: the publication ends on {as_of:%Y-%m-%d} and the quarter on "
            f"{quarter.last_day}. Wait for a later publication, or ask for a pack of the running quarter "
            '(--running, or {"running": true} in the run\'s conf); it is marked as such.'
        )
    return quarter


def within(day: date | None, quarter: Quarter, quarters: int) -> bool:
    """Whether a day lies in the ``quarters`` that end with ``quarter``; an unknown day does not."""
    return day is not None and quarter.after(1 - quarters).first_day <= day <= quarter.last_day
