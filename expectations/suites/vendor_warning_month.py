"""What the charts of warnings about vendors show."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="vendor_warning_month",
    key=("vendor_warning_month_key",),
    # A quiet company has no warnings.
    may_be_empty=True,
    checks=(
        no_rows(
            "belongs_to_a_warning",
            "every month belongs to a warning about the same vendor",
            """
            select months.signal_key, months.vendor_key, months.month_date from (select * from {batch}) as months
            where not exists (
                select 1 from marts.vendor_warning as warnings
                where warnings.signal_key = months.signal_key and warnings.vendor_key = months.vendor_key
            )
            """,
        ),
        no_rows(
            "interval_holds_the_figure",
            "a month has events, and its figure lies in its interval",
            """
            select vendor_warning_month_key, n, observed_low, observed, observed_high from {batch}
            where n <= 0 or observed < observed_low or observed > observed_high
            """,
        ),
    ),
)
