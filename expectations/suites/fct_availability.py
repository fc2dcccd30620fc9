"""Availability of what vendors run for us."""

from expectations.check import Suite, between, no_rows

SUITE = Suite(
    table="fct_availability",
    key=(
        "configuration_item_key",
        "month",
    ),
    may_be_empty=True,
    checks=(
        between("availability", 0, 1),
        between("unplanned_hours", 0, None),
        no_rows(
            "hours_fit_into_the_month",
            "planned, unplanned and degraded hours fit into the scheduled ones, and those into the month",
            """
            select configuration_item_key, month, scheduled_hours, planned_hours, unplanned_hours, degraded_hours
            from {batch}
            where planned_hours + unplanned_hours + degraded_hours > scheduled_hours + 0.001
                or scheduled_hours > 24 * 31
            """,
        ),
        no_rows(
            "unknown_together",
            "hours lost are known together or not at all",
            """
            select configuration_item_key, month from {batch}
            where (planned_hours is null) <> (unplanned_hours is null)
                or (unplanned_hours is null and availability is not null)
            """,
        ),
    ),
)
