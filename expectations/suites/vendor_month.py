"""Vendor months: every figure with its count and its bounds, unknown where nothing was counted."""

# ruff: noqa: S608 - the SQL is put together from this module's own names

from expectations.check import Check, Suite, between, no_rows

_SHARES = (
    "otd_first_promise",
    "otd_latest_promise",
    "otd_requested",
    "tickets_within_target",
    "sla_attainment",
    "underpinning_attainment",
    "lot_rejection_rate",
    "complaints_within_target",
)
_RATES = ("defect_ppm_registered", "defect_ppm_received")
_SCORES = ("vendor_nps", "stakeholder_nps")
# The bounds are computed in floating point: that of 0 of 3 is 4.6e-17, not 0.
_ROUNDING = 1e-9
_COUNTS = (
    "slip_n",
    "overdue_lines",
    "lead_time_delivered_only_n",
    "lead_time_open_lines",
    "promise_moves_later",
    "promise_moves_earlier",
    "tickets_opened",
    "tickets_resolved",
    "proposals_submitted",
    "proposals_actionable",
    "complaints",
    "invoiced_amount_n",
)


def _bounded(kpi: str) -> Check:
    return no_rows(
        f"{kpi}_within_bounds",
        f"{kpi} lies between its lower and upper bound",
        f"""
        select vendor_key, month, {kpi}_lower, {kpi}, {kpi}_upper from {{batch}}
        where {kpi} < {kpi}_lower - {_ROUNDING} or {kpi} > {kpi}_upper + {_ROUNDING}
        """,
    )


def _unknown_without_rows(kpi: str) -> Check:
    return no_rows(
        f"{kpi}_unknown_without_rows",
        f"{kpi} is unknown when nothing was counted, never 0 % or 100 %",
        f"""
        select vendor_key, month, {kpi}, {kpi}_n from {{batch}}
        where coalesce({kpi}_n, 0) <= 0 and {kpi} is not null
        """,
    )


SUITE = Suite(
    table="vendor_month",
    key=("vendor_key", "month"),
    fed_by=("purchase_order_schedule_line", "incident"),
    checks=(
        no_rows(
            "month_is_a_first_day",
            "month is the first day of a month from 1990 on",
            "select vendor_key, month from {batch} where day(month) <> 1 or month < date '1990-01-01'",
        ),
        *(between(kpi, 0, 1) for kpi in _SHARES),
        between("availability", 0, 1),
        *(between(kpi, -100, 100) for kpi in _SCORES),
        *(between(count, 0, None) for count in _COUNTS),
        *(_bounded(kpi) for kpi in (*_SHARES, *_RATES, *_SCORES)),
        *(_unknown_without_rows(kpi) for kpi in (*_SHARES, *_RATES, *_SCORES)),
    ),
)
