"""Days on which mails go out, and the weeks that budgets and digests count by, in the calendar's time zone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from holidays import country_holidays

from config.alert_routes import EVERY_DAY, BusinessCalendar, Weekday


def local_date(calendar: BusinessCalendar, instant: datetime) -> date:
    """The calendar's day at an instant."""
    return instant.astimezone(ZoneInfo(calendar.time_zone)).date()


def is_business_day(calendar: BusinessCalendar, instant: datetime) -> bool:
    """Whether people work on the day of the instant."""
    day = local_date(calendar, instant)
    if EVERY_DAY[day.weekday()] not in calendar.workdays or day in calendar.closed_dates:
        return False
    return calendar.country is None or day not in country_holidays(
        calendar.country, subdiv=calendar.subdivision, years=day.year
    )


def latest(weekday: Weekday, calendar: BusinessCalendar, instant: datetime) -> date:
    """The last such day of the week that has come by the instant."""
    day = local_date(calendar, instant)
    return day - timedelta(days=(day.weekday() - EVERY_DAY.index(weekday)) % 7)


def start_of(day: date, calendar: BusinessCalendar) -> datetime:
    """The instant at which a day of the calendar begins."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(calendar.time_zone))
