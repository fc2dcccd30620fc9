"""Pilots with vendors."""

from expectations.check import Suite, no_rows, not_after

SUITE = Suite(
    table="fct_pilot",
    key=(
        "pilot_key",
        "pilot",
    ),
    fed_by=("pilot",),
    checks=(
        not_after("start_date", "end_date"),
        no_rows(
            "ended_has_an_outcome",
            "a completed pilot has an outcome",
            """
            select pilot_key, status, outcome from {batch}
            where status = 'Completed' and outcome is null
            """,
            severity="warning",
        ),
    ),
)
