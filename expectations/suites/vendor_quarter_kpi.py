"""The KPIs of a vendor's health, one by one."""

from expectations.check import Suite, between, no_rows

SUITE = Suite(
    table="vendor_quarter_kpi",
    key=("vendor_key", "quarter", "score_version", "metric_id"),
    fed_by=("purchase_order_schedule_line",),
    checks=(
        between("score", 0, 100),
        no_rows(
            "interval_holds_value",
            "the interval of a moved value holds it, and so do the points",
            """
            select vendor_key, quarter, metric_id, shrunk_value, shrunk_value_lower, shrunk_value_upper from {batch}
            where shrunk_value not between shrunk_value_lower and shrunk_value_upper
                or score not between score_lower and score_upper
            """,
        ),
        no_rows(
            "moved_toward_the_category",
            "a moved value lies between the vendor's own and the category's",
            """
            select vendor_key, quarter, metric_id, value, shrunk_value, prior_mean from {batch}
            where
                shrunk_value < least(value, prior_mean) - 1e-6 * abs(prior_mean) - 1e-8
                or shrunk_value > greatest(value, prior_mean) + 1e-6 * abs(prior_mean) + 1e-8
            """,
        ),
    ),
)
