"""Open hours of the schedules that targets run on, as the portal counts them."""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

ALWAYS, OFFICE = "24x7", "weekdays_8_18"
ZONE = ZoneInfo("Europe/Berlin")
OPENS, CLOSES = time(8), time(18)
HOLIDAYS = ((1, 1), (12, 25), (12, 26))
FIRST_DAY, LAST_DAY = date(2023, 6, 1), date(2028, 12, 31)


@cache
def _windows() -> tuple[list[float], list[float], list[float]]:
    """When the office opens and closes, and the seconds it was open before each opening."""
    opens, closes = [], []
    day = FIRST_DAY
    while day <= LAST_DAY:
        if day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS:
            opens.append(datetime.combine(day, OPENS, ZONE).timestamp())
            closes.append(datetime.combine(day, CLOSES, ZONE).timestamp())
        day += timedelta(days=1)
    lengths = [end - start for start, end in zip(opens, closes, strict=True)]
    return opens, closes, [0.0, *accumulate(lengths)]


def seconds_before(schedule: str, at: datetime) -> float:
    """Open seconds of a schedule before an instant, counted from a fixed one: differences of two are open times."""
    stamp = at.timestamp()
    if schedule == ALWAYS:
        return stamp
    opens, closes, before = _windows()
    place = bisect_right(opens, stamp) - 1
    return before[place] + min(stamp, closes[place]) - opens[place]


def open_seconds_later(schedule: str, start: datetime, seconds: float) -> datetime:
    """The instant by which a schedule was open for so many seconds since `start`."""
    if schedule == ALWAYS:
        return start + timedelta(seconds=seconds)
    opens, _, before = _windows()
    wanted = seconds_before(schedule, start) + seconds
    place = bisect_right(before, wanted - 1e-9) - 1
    return datetime.fromtimestamp(round(opens[place] + wanted - before[place]), UTC)
