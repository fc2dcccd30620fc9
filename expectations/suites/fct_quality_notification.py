"""Quality notifications: hours are elapsed hours, and what was withdrawn counts nowhere."""

from expectations.check import Suite, between, no_rows

SUITE = Suite(
    table="fct_quality_notification",
    key=("quality_notification_key", "quality_notification"),
    fed_by=("quality_notification",),
    checks=(
        no_rows(
            "vendor_is_known",
            "every vendor that a notification names is in dim_vendor",
            """
            select quality_notification_key, quality_notification, vendor_key from {batch}
            where vendor_key is not null and vendor_key not in (select vendor_key from marts.dim_vendor)
            """,
            "warning",
        ),
        between("elapsed_hours", 0, None),
        between("open_hours", -24, None, "warning"),
        no_rows(
            "withdrawn_counts_nothing",
            "a withdrawn notification has no defective units and no outcome",
            """
            select quality_notification_key, quality_notification, counted_defective_quantity, is_within_target
            from {batch}
            where is_withdrawn and (counted_defective_quantity <> 0 or is_within_target is not null)
            """,
        ),
    ),
)
