"""Shifts in a vendor's behaviour: a wrong row here reaches a person."""

from expectations.check import Suite, between, no_rows, not_after

SUITE = Suite(
    table="vendor_warning",
    key=("signal_key",),
    # A quiet company has none.
    may_be_empty=True,
    checks=(
        between("observed_of", 0, None),
        between("expected", 0, None),
        not_after("started_at", "cleared_at"),
        not_after("started_at", "last_told_at"),
        no_rows(
            "vendor_is_known",
            "every vendor is in dim_vendor",
            """
            select signal_key, vendor_key from {batch}
            where vendor_key not in (select vendor_key from marts.dim_vendor)
            """,
        ),
        no_rows(
            "told_by_the_as_of_time",
            "nothing is told before its evidence was known",
            """
            select signal_key, last_told_at, cleared_at from {batch}
            where greatest(last_told_at, coalesce(cleared_at, last_told_at)) > (select as_of from control.build)
            """,
        ),
        no_rows(
            "interval_holds_the_figure",
            "the observed figure is a part of its whole and lies in its interval",
            """
            select signal_key, observed_count, observed_of, observed_low, observed, observed_high from {batch}
            where observed_count < 0 or observed_count > observed_of + 0.001
                or (observed is null) <> (observed_of = 0) or observed < observed_low or observed > observed_high
            """,
        ),
        no_rows(
            "announcements_of_deliveries",
            "announcements are counted of deliveries and of nothing else",
            """
            select signal_key, rule_id, announced_count from {batch}
            where (announced_count is null) <> (rule_id <> 'delivery_slip') or announced_count < 0
            """,
        ),
        no_rows(
            "alert_reached_its_threshold",
            "a warning is an alert exactly when the alert threshold was reached",
            """
            select signal_key, severity, alerted_at, alerts from {batch}
            where (severity = 'alert') <> (alerted_at is not null) or (severity = 'alert') <> (alerts > 0)
            """,
        ),
        no_rows(
            "cleared_with_reason",
            "a warning has an end and a reason for it exactly when it is cleared",
            """
            select signal_key, signal_state, cleared_at, clear_reason from {batch}
            where (signal_state = 'cleared') <> (cleared_at is not null) or (cleared_at is null) <> (clear_reason is
            null)
            """,
        ),
        no_rows(
            "muted_with_reason",
            "a warning has a reason for being muted exactly when it is muted",
            "select signal_key, is_muted, mute_reason from {batch} where is_muted <> (mute_reason is not null)",
        ),
        no_rows(
            "one_active_episode",
            "a rule has at most one active episode of a vendor",
            """
            select rule_id, vendor_key, count(*) as episodes from {batch}
            where signal_state = 'active'
            group by rule_id, vendor_key having count(*) > 1
            """,
        ),
    ),
)
