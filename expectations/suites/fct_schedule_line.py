"""Schedule lines: the facts that every delivery figure is counted from."""

# ruff: noqa: S608 - the SQL is put together from this module's own names

from expectations.check import Suite, no_rows

_KEY = "vendor_key, purchase_order, purchase_order_line, schedule_line"

SUITE = Suite(
    table="fct_schedule_line",
    key=("vendor_key", "purchase_order", "purchase_order_line", "schedule_line"),
    fed_by=("purchase_order_schedule_line",),
    checks=(
        no_rows(
            "in_full_date_plausible",
            "in_full_date lies between 1990 and the day after the build's as-of time",
            f"""
            select {_KEY}, in_full_date from {{batch}}
            where in_full_date < date '1990-01-01'
                or in_full_date > (select cast(as_of as date) + 1 from control.build)
            """,
        ),
        no_rows(
            "slip_adds_up",
            "slip_days is repromise_slip_days plus execution_slip_days where all are known",
            f"""
            select {_KEY}, slip_days, repromise_slip_days, execution_slip_days from {{batch}}
            where slip_days <> repromise_slip_days + execution_slip_days
            """,
        ),
        no_rows(
            "state_fits_dates",
            "a line has an in_full_date exactly when its state says delivered, and the state fits the first promise",
            f"""
            select {_KEY}, state, first_promise_date, in_full_date from {{batch}}
            where state like 'delivered%' and in_full_date is null
                or state in ('open', 'overdue') and in_full_date is not null
                or state = 'delivered_late' and in_full_date <= first_promise_date
                or state = 'delivered_on_time' and in_full_date <> first_promise_date
                or state = 'delivered_early' and in_full_date >= first_promise_date
                or state = 'delivered' and first_promise_date is not null
            """,
        ),
    ),
)
