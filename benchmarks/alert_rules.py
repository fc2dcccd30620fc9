"""Rules that others alert by, on the same worlds: what a scorecard or a control chart would have said on each day.

Each gives, per vendor and day, whether it stands above its limit. All see what was booked by then; the charts that are
made to be fair to (p and Laney) also count what is overdue.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.vendor_worlds import DAYS, FIRST_EVALUATED_DAY, Days, Deliveries, Flags, Lots, Numbers

WINDOW_DAYS = 30
MR_TO_SIGMA = 1.128
Shape = tuple[int, int]


def on_time_below(world: Deliveries, share: float = 0.9, at_least: int = 1) -> Flags:
    """The share of lines on time among those booked in the last thirty days is below `share`."""
    shape = (len(world.vendors.events_per_month), DAYS)
    late = _daily(shape, world.vendor, world.booked, world.lines * (world.delivered > world.due))
    lines = _daily(shape, world.vendor, world.booked, world.lines)
    late, lines = _rolling(late), _rolling(lines)
    return (lines >= at_least) & (late > (1 - share) * lines)


def slip_against_last_month(world: Deliveries, more_days: float = 2.0) -> Flags:
    """The mean slip of what was booked in a month is two days above that of the month before; said at its end."""
    shape = (len(world.vendors.events_per_month), DAYS)
    slip = _monthly(_daily(shape, world.vendor, world.booked, world.lines * (world.delivered - world.due)))
    lines = _monthly(_daily(shape, world.vendor, world.booked, world.lines))
    mean = np.divide(slip, lines, out=np.full_like(slip, np.nan), where=lines > 0)
    return _at_month_ends(mean[:, 1:] > mean[:, :-1] + more_days)


def individuals_chart(world: Deliveries) -> Flags:
    """XmR: the slip of a line lies above the mean of the first year and 2.66 times its mean moving range."""
    vendors = len(world.vendors.events_per_month)
    flags = np.zeros((vendors, DAYS), bool)
    for vendor in range(vendors):
        mine = np.flatnonzero((world.vendor == vendor) & (world.booked < DAYS))
        mine = np.repeat(mine, world.lines[mine])
        mine = mine[np.argsort(world.booked[mine], kind="stable")]
        slip, booked = (world.delivered - world.due)[mine], world.booked[mine]
        first_year = slip[booked < FIRST_EVALUATED_DAY]
        if len(first_year) < 2:
            continue
        limit = first_year.mean() + 2.66 * np.abs(np.diff(first_year)).mean()
        flags[vendor, np.unique(booked[slip > limit])] = True
    return flags


def p_chart(world: Deliveries) -> Flags:
    """The share of late lines among those that fell due in a month lies three binomial deviations above that of the
    first year; what is not booked at the month's end is late."""
    return _chart(*_due_in_month(world), by_laney=False)


def laney_chart(world: Deliveries) -> Flags:
    """Laney's p': the same limits, widened by how much more the months vary than a binomial share does."""
    return _chart(*_due_in_month(world), by_laney=True)


def defects_doubled(world: Lots) -> Flags:
    """The month's share of defective pieces is twice that of the first year."""
    defective, pieces = _inspected_in_month(world)
    first = slice(None, FIRST_EVALUATED_DAY // WINDOW_DAYS)
    usual = defective[:, first].sum(1) / np.maximum(pieces[:, first].sum(1), 1)
    return _at_month_ends((pieces > 0) & (defective > 2 * usual[:, None] * pieces))


def defects_p_chart(world: Lots) -> Flags:
    """A p chart of the month's defective pieces."""
    return _chart(*_inspected_in_month(world), by_laney=False)


def defects_laney_chart(world: Lots) -> Flags:
    """Laney's p' chart of the month's defective pieces."""
    return _chart(*_inspected_in_month(world), by_laney=True)


DELIVERY_RULES: dict[str, Callable[[Deliveries], Flags]] = {
    "on_time_below_90_percent": on_time_below,
    "on_time_below_80_percent_of_5": lambda world: on_time_below(world, 0.8, 5),
    "slip_2_days_above_last_month": slip_against_last_month,
    "xmr_chart_of_lines": individuals_chart,
    "p_chart_by_month": p_chart,
    "laney_chart_by_month": laney_chart,
}
QUALITY_RULES: dict[str, Callable[[Lots], Flags]] = {
    "defects_doubled": defects_doubled,
    "p_chart_by_month": defects_p_chart,
    "laney_chart_by_month": defects_laney_chart,
}


def _due_in_month(world: Deliveries) -> tuple[Numbers, Numbers]:
    """Late lines and all lines that fell due in each month, as known at its end."""
    month_end = (world.due // WINDOW_DAYS + 1) * WINDOW_DAYS
    is_late = np.where(world.booked < month_end, world.delivered > world.due, world.due < month_end - 1)
    shape = (len(world.vendors.events_per_month), DAYS)
    late = _monthly(_daily(shape, world.vendor, world.due, world.lines * is_late))
    return late, _monthly(_daily(shape, world.vendor, world.due, world.lines))


def _inspected_in_month(world: Lots) -> tuple[Numbers, Numbers]:
    shape = (len(world.vendors.events_per_month), DAYS)
    defective = _monthly(_daily(shape, world.vendor, world.decided, world.defective))
    return defective, _monthly(_daily(shape, world.vendor, world.decided, world.pieces))


def _chart(part: Numbers, whole: Numbers, by_laney: bool) -> Flags:
    """Months (of the second year) above the upper limit of a p chart whose centre and spread are the first year's."""
    first = slice(None, FIRST_EVALUATED_DAY // WINDOW_DAYS)
    centre = (part[:, first].sum(1) / np.maximum(whole[:, first].sum(1), 1))[:, None]
    share = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    sigma = np.sqrt(np.divide(centre * (1 - centre), whole, out=np.full_like(part, np.inf), where=whole > 0))
    widened = np.ones(len(part))
    if by_laney:
        for vendor, seen in enumerate(whole[:, first] > 0):
            usable = np.flatnonzero(seen & (sigma[vendor, first] > 0))
            if len(usable) > 1:
                z = (share[vendor, usable] - centre[vendor]) / sigma[vendor, usable]
                widened[vendor] = np.abs(np.diff(z)).mean() / MR_TO_SIGMA
    limit = centre + 3 * sigma * widened[:, None]
    return _at_month_ends((whole > 0) & (share > limit))


def _daily(shape: Shape, vendor: Days, day: Days, amount: Days) -> Numbers:
    table = np.zeros(shape)
    is_inside = (day >= 0) & (day < DAYS)
    np.add.at(table, (vendor[is_inside], day[is_inside]), amount[is_inside])
    return table


def _rolling(daily: Numbers) -> Numbers:
    total = daily.cumsum(1)
    total[:, WINDOW_DAYS:] -= total[:, :-WINDOW_DAYS].copy()
    return total


def _monthly(daily: Numbers) -> Numbers:
    months = DAYS // WINDOW_DAYS
    return daily[:, : months * WINDOW_DAYS].reshape(len(daily), months, WINDOW_DAYS).sum(2)


def _at_month_ends(monthly: Flags) -> Flags:
    """What is said of a month holds on the day after it, and until the next one is judged. The last months stand at
    the end of the columns."""
    flags = np.zeros((len(monthly), DAYS), bool)
    months = DAYS // WINDOW_DAYS
    for offset in range(monthly.shape[1]):
        end = (months - monthly.shape[1] + offset + 1) * WINDOW_DAYS
        flags[:, end : end + WINDOW_DAYS] = monthly[:, [offset]]
    return flags
