"""Inspection lots: a skipped lot is no accepted one."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="fct_inspection_lot",
    key=("inspection_lot_key", "inspection_lot"),
    fed_by=("inspection_lot",),
    checks=(
        no_rows(
            "vendor_is_known",
            "every vendor that a lot names is in dim_vendor",
            """
            select inspection_lot_key, inspection_lot, vendor_key from {batch}
            where vendor_key is not null and vendor_key not in (select vendor_key from marts.dim_vendor)
            """,
            "warning",
        ),
        no_rows(
            "skipped_is_not_accepted",
            "a lot without a sample is not accepted",
            """
            select inspection_lot_key, inspection_lot, outcome, sample_quantity from {batch}
            where sample_quantity = 0 and outcome = 'accepted'
            """,
        ),
        no_rows(
            "undecided_counts_nothing",
            "an undecided lot has no defective units yet",
            """
            select inspection_lot_key, inspection_lot, defective_base_quantity from {batch}
            where outcome = 'undecided' and defective_base_quantity is not null
            """,
        ),
    ),
)
