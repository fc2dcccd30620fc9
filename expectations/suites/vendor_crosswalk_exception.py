"""What could not be joined to a vendor."""

from expectations.check import Suite, between

SUITE = Suite(
    table="vendor_crosswalk_exception",
    key=("connection_id", "external_id"),
    # Everything may match.
    may_be_empty=True,
    checks=(between("affected_rows", 0, None),),
)
