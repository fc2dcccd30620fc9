"""Vendors that became part of another."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="vendor_merger",
    key=("from_vendor_key", "valid_from"),
    may_be_empty=True,
    checks=(
        no_rows(
            "chain_ends",
            "the chain of mergers ends at a vendor that is known and not merged into another",
            """
            select mergers.from_vendor_key, mergers.valid_from, mergers.current_vendor_key
            from {batch} as mergers
            left join marts.dim_vendor as vendors on mergers.current_vendor_key = vendors.vendor_key
            left join {batch} as onward
                on
                    mergers.current_vendor_key = onward.from_vendor_key
                    and onward.valid_to is null
                    and onward.to_vendor_key <> onward.from_vendor_key
            where vendors.vendor_key is null or onward.from_vendor_key is not null
            """,
        ),
    ),
)
