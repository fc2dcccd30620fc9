"""How far the numbers of a feed and a vendor can be trusted."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="data_trust",
    key=("trust_key",),
    checks=(
        no_rows(
            "parts_fit",
            "doubtful rows are among those checked, and shares lie within their intervals",
            """
            select trust_key, checked_rows, doubtful_rows, exact_slip, promise_coverage, receipt_coverage from {batch}
            where
                doubtful_rows > checked_rows
                or exact_slip not between exact_slip_lower - 1e-9 and exact_slip_upper + 1e-9
                or promise_coverage not between promise_coverage_lower - 1e-9 and promise_coverage_upper + 1e-9
                or receipt_coverage not between receipt_coverage_lower - 1e-9 and receipt_coverage_upper + 1e-9
            """,
        ),
        no_rows(
            "vendors_add_up",
            "the rows of a feed's vendors are not more than those of the feed",
            """
            select whole.trust_key, whole.checked_rows, sum(of_vendor.checked_rows) as vendor_rows
            from (select * from {batch}) as whole
            inner join (select * from {batch}) as of_vendor
                on whole.connection_id = of_vendor.connection_id and whole.entity = of_vendor.entity
            where whole.vendor_key is null and of_vendor.vendor_key is not null
            group by whole.trust_key, whole.checked_rows
            having sum(of_vendor.checked_rows) > whole.checked_rows
            """,
        ),
    ),
)
