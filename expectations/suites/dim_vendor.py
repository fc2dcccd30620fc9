"""Vendors."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="dim_vendor",
    key=("vendor_key",),
    fed_by=("supplier", "purchase_order"),
    checks=(
        no_rows(
            "key_names_vendor",
            "vendor_key is the connection and the vendor's number",
            "select vendor_key, vendor_number from {batch} where vendor_key <> connection_id || ':' || vendor_number",
        ),
        no_rows(
            "seen_by_the_as_of_time",
            "first_seen_at is not after the build's as-of time",
            "select vendor_key, first_seen_at from {batch} where first_seen_at > (select as_of from control.build)",
        ),
    ),
)
