"""One suite for each published mart, as data."""

from collections.abc import Mapping

from config.gate import GateSettings
from expectations.check import Suite
from expectations.suites import (
    dim_vendor,
    dim_vendor_history,
    early_warning,
    ecosystem_quarter,
    fct_promise_change,
    fct_schedule_line,
    fct_service_ticket,
    feed_status,
    kpi_definition,
    vendor_crosswalk_exception,
    vendor_merger,
    vendor_month,
)


def all_suites(settings: GateSettings, accepted_reads: Mapping[str, int]) -> tuple[Suite, ...]:
    """Every suite, with the tolerances of ``gate.yml`` and the rows of the full reads that were accepted last."""
    return (
        dim_vendor.SUITE,
        dim_vendor_history.SUITE,
        vendor_merger.SUITE,
        fct_schedule_line.SUITE,
        fct_promise_change.SUITE,
        fct_service_ticket.SUITE,
        vendor_month.SUITE,
        ecosystem_quarter.SUITE,
        early_warning.SUITE,
        kpi_definition.SUITE,
        vendor_crosswalk_exception.SUITE,
        feed_status.suite(settings, accepted_reads),
    )
