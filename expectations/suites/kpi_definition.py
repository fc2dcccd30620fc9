"""Definitions that figures point to."""

from expectations.check import Suite, unique

SUITE = Suite(
    table="kpi_definition",
    key=("definition_id", "definition_version"),
    checks=(unique("definition_id", "definition_version"),),
)
