"""What became of each alert."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="alert_opening",
    key=("opening_key",),
    may_be_empty=True,
    checks=(
        no_rows(
            "closed_has_its_time",
            "what is closed has the time at which it was",
            """
            select opening_key, state, closed_at from {batch}
            where (state in ('resolved', 'withdrawn')) <> (closed_at is not null)
            """,
        ),
        no_rows(
            "answered_after_it_opened",
            "an alert is answered after it opened",
            "select opening_key, opened_at, acknowledged_at, closed_at from {batch} where hours_to_answer < 0",
            severity="warning",
        ),
        no_rows(
            "verdict_has_its_cause",
            "a verdict comes with a cause",
            "select opening_key, is_right, reason_code from {batch} where (is_right is null) <> (reason_code is null)",
        ),
    ),
)
