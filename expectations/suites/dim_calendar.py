"""The calendar: every day once, none left out."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="dim_calendar",
    key=("calendar_date",),
    checks=(
        no_rows(
            "no_day_is_missing",
            "every day but the last is followed by the next one",
            """
            select calendar_date, next_date from (
                select calendar_date, lead(calendar_date) over (order by calendar_date) as next_date from {batch}
            ) as days
            where date_diff('day', calendar_date, next_date) <> 1
            """,
        ),
        no_rows(
            "reaches_the_as_of_time",
            "the day of the build is in it",
            """
            select as_of from control.build
            where cast(as_of as date) not in (select calendar_date from {batch})
            """,
        ),
    ),
)
