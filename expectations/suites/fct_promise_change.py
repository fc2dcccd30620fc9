"""Promise changes that were observed between landed versions."""

# ruff: noqa: S608 - the SQL is put together from this module's own names

from expectations.check import Suite, no_rows

_KEY = "promise_change_key, purchase_order, purchase_order_line, schedule_line"

SUITE = Suite(
    table="fct_promise_change",
    key=("promise_change_key",),
    # Changes are seen between landed versions: after the first load there are none.
    may_be_empty=True,
    checks=(
        no_rows(
            "vendor_is_the_lines",
            "every change has the vendor of its line",
            f"""
            select {_KEY} from (select * from {{batch}}) as changes
            inner join (select schedule_line_key, vendor_key as line_vendor_key from marts.fct_schedule_line) as lines
                using (schedule_line_key)
            where vendor_key <> line_vendor_key
            """,
        ),
        no_rows(
            "days_add_up",
            "days_moved is the distance from from_date to to_date and never 0",
            f"""
            select {_KEY}, from_date, to_date, days_moved from {{batch}}
            where days_moved <> date_diff('day', from_date, to_date) or days_moved = 0
            """,
        ),
        no_rows(
            "seen_by_the_as_of_time",
            "landed_at is not after the build's as-of time",
            f"select {_KEY}, landed_at from {{batch}} where landed_at > (select as_of from control.build)",
        ),
    ),
)
