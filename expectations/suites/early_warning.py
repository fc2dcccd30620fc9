"""Signals that mails are sent from: a wrong row here reaches a person."""

from expectations.check import Suite, no_rows, not_after

SUITE = Suite(
    table="early_warning",
    key=("signal_key",),
    # A quiet week has no signals.
    may_be_empty=True,
    checks=(
        no_rows(
            "days_late_by_rule",
            "a line is late by a day or more exactly where its rule says that it is late",
            """
            select signal_key, rule_id, days_late from {batch}
            where (rule_id in ('promise_moved_later', 'overdue')) <> (days_late > 0) or days_late < 0
            """,
        ),
        no_rows(
            "chance_in_its_interval",
            "a chance stands in its interval, between 0 and 1, exactly where the rule is likely_late",
            """
            select signal_key, rule_id, late_probability_low, late_probability, late_probability_high from {batch}
            where case
                when rule_id <> 'likely_late' then late_probability is not null
                else not coalesce(
                    0 <= late_probability_low and late_probability_low <= late_probability
                    and late_probability <= late_probability_high and late_probability_high <= 1, false
                )
            end
            """,
        ),
        not_after("started_at", "cleared_at"),
        no_rows(
            "vendor_is_known",
            "every vendor is in dim_vendor",
            """
            select signal_key, vendor_key from {batch}
            where vendor_key not in (select vendor_key from marts.dim_vendor)
            """,
        ),
        no_rows(
            "active_line_is_open",
            "every active signal points to a line of fct_schedule_line that is open or overdue",
            """
            select signals.signal_key, signals.purchase_order, signals.purchase_order_line, signals.schedule_line
            from (select * from {batch}) as signals
            where signals.signal_state = 'active' and not exists (
                select 1 from marts.fct_schedule_line as lines
                where lines.vendor_key = signals.vendor_key
                    and lines.purchase_order = signals.purchase_order
                    and lines.purchase_order_line = signals.purchase_order_line
                    and lines.schedule_line = signals.schedule_line
                    and lines.state in ('open', 'overdue')
            )
            """,
        ),
        no_rows(
            "cleared_with_reason",
            "a signal has an end and a reason for it exactly when it is cleared",
            """
            select signal_key, signal_state, cleared_at, clear_reason from {batch}
            where (signal_state = 'cleared') <> (cleared_at is not null) or (cleared_at is null) <> (clear_reason is
            null)
            """,
        ),
        no_rows(
            "muted_with_reason",
            "a signal has a reason for being muted exactly when it is muted",
            "select signal_key, is_muted, mute_reason from {batch} where is_muted <> (mute_reason is not null)",
        ),
    ),
)
