"""Lead times: every line is delivered, open or cancelled, and each figure lies within its bounds."""

from expectations.check import Suite, between, no_rows, not_after

SUITE = Suite(
    table="lead_time",
    key=("lead_time_key", "vendor_key"),
    fed_by=("purchase_order_schedule_line",),
    checks=(
        no_rows(
            "lines_add_up",
            "delivered, open and cancelled lines are all lines",
            """
            select lead_time_key, vendor_key, lines, delivered_lines, open_lines, cancelled_lines from {batch}
            where lines <> delivered_lines + open_lines + cancelled_lines
            """,
        ),
        between("lead_time_p50", 0, None),
        not_after("lead_time_p50_lower", "lead_time_p50"),
        not_after("lead_time_p50", "lead_time_p50_upper"),
        not_after("lead_time_p90_lower", "lead_time_p90"),
        not_after("lead_time_p90", "lead_time_p90_upper"),
        not_after("lead_time_p50", "lead_time_p90"),
    ),
)
