"""One suite for each published mart, as data. `tests/expectations` holds that no mart is without one."""

from collections.abc import Mapping

from config.gate import GateSettings
from expectations.check import Suite
from expectations.suites import dim_vendor, early_warning, fct_schedule_line, feed_status


def all_suites(settings: GateSettings, accepted_reads: Mapping[str, int]) -> tuple[Suite, ...]:
    """Every suite, with the tolerances of ``config/gate.yml`` and the rows of the full reads that were accepted last."""
    return (
        dim_vendor.SUITE,
        early_warning.SUITE,
        fct_schedule_line.SUITE,
        feed_status.suite(settings, accepted_reads),
    )
