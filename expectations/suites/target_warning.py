"""Targets of the ecosystem before a quarter ends: a wrong row here reaches a person."""

from expectations.check import Suite, no_rows, not_after

SUITE = Suite(
    table="target_warning",
    key=("signal_key",),
    # In the first weeks of a company's first quarter nothing is watched yet.
    may_be_empty=True,
    checks=(
        not_after("quarter", "quarter_end_date"),
        not_after("started_at", "cleared_at"),
        no_rows(
            "range_holds_what_is_expected",
            "what is expected at the end lies in its range",
            """
            select signal_key, expected_low, expected_at_end, expected_high from {batch}
            where expected_at_end < expected_low - 1e-9 or expected_at_end > expected_high + 1e-9
            """,
        ),
        no_rows(
            "alert_is_out_of_reach",
            "the range of an alert that is active ends below the target",
            """
            select signal_key, severity, expected_high, target from {batch}
            where signal_state = 'active' and severity = 'alert' and (expected_high is null or expected_high >= target)
            """,
        ),
        no_rows(
            "active_while_the_quarter_runs",
            "a target is active only before its quarter is over, and cleared with time and reason",
            """
            select signal_key, signal_state, quarter_end_date, cleared_at, clear_reason from {batch}
            where (signal_state = 'active' and quarter_end_date < (select as_of from control.build)::date)
                or (signal_state = 'cleared') <> (cleared_at is not null)
                or (cleared_at is null) <> (clear_reason is null)
            """,
        ),
        no_rows(
            "missing_has_a_unit",
            "what is missing is more than nothing and has a unit",
            """
            select signal_key, missing, missing_unit from {batch}
            where missing <= 0 or (missing is null) <> (missing_unit is null)
            """,
        ),
        no_rows(
            "muted_with_reason",
            "a warning has a reason for being muted exactly when it is muted",
            "select signal_key, is_muted, mute_reason from {batch} where is_muted <> (mute_reason is not null)",
        ),
        no_rows(
            "target_is_measured",
            "every metric and quarter is in ecosystem_quarter",
            """
            select signal_key, metric_id, quarter from {batch}
            where (metric_id, quarter) not in (select metric_id, quarter from marts.ecosystem_quarter)
            """,
        ),
    ),
)
