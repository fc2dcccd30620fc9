"""Definitions that figures point to."""

from expectations.check import Suite, between

SUITE = Suite(
    table="kpi_definition",
    key=("definition_id", "definition_version"),
    checks=(between("definition_version", 1, None),),
)
