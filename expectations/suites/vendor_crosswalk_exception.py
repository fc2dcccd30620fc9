"""What could not be joined to a vendor."""

from expectations.check import Suite, between, unique

SUITE = Suite(
    table="vendor_crosswalk_exception",
    key=("kind", "connection_id", "external_id"),
    # Everything may match.
    may_be_empty=True,
    checks=(unique("kind", "connection_id", "external_id"), between("affected_rows", 0, None)),
)
