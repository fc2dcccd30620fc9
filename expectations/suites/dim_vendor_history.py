"""What the sources said of a vendor over time."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="dim_vendor_history",
    key=("vendor_key", "valid_from"),
    fed_by=("supplier", "purchase_order"),
    checks=(
        no_rows(
            "ends_as_the_vendor_is",
            "the newest row of a vendor says what dim_vendor says",
            """
            select vendors.vendor_key, history.valid_from, history.vendor_name, vendors.vendor_name as newest_name
            from marts.dim_vendor as vendors
            left join {batch} as history on vendors.vendor_key = history.vendor_key and history.is_current
            where
                history.vendor_name is distinct from vendors.vendor_name
                or history.category is distinct from vendors.category
                or history.is_strategic is distinct from vendors.is_strategic
            """,
        ),
        no_rows(
            "no_time_is_missing_or_told_twice",
            "a row ends when the next one of its vendor begins",
            """
            select vendor_key, valid_from, valid_to, next_from
            from (
                select *, lead(valid_from) over (partition by vendor_key order by valid_from) as next_from from {batch}
            ) as rows_in_order
            where valid_to is distinct from next_from or is_current <> (next_from is null)
            """,
        ),
    ),
)
