"""Orders that take longer from one day on, with every promise kept: it moved with them.

Lead times are those of real deliveries (log-mean 4.48 with 0.42 between vendors and 0.60 within one); sizes and length
of the shifts are our choice. What is usual is learnt from orders that are a quarter old or more, and a shift is seen
when its orders should come, so that the world has a year more on either side.
"""

import numpy as np
import pyarrow as pa

from benchmarks.rule_worlds.recipe import (
    Recipe,
    RuleWorld,
    dates,
    events,
    is_in_shift,
    ramp,
    shifting_vendors,
    swing,
    vendor_keys,
)
from benchmarks.vendor_worlds import DAYS, LINES_PER_MONTH, MEAN_LINES_PER_ORDER, Days

ORDERED_DAYS = range(-365, DAYS + 365)
SHIFT_DAYS = 120
# orders of 120 days are told late when they should have come: nine in ten vendors have their median below 152 days
WINDOW_DAYS = 360
LOG_MEAN, LOG_MEAN_SIGMA, LOG_SIGMA = 4.48, 0.42, 0.60
# half a logit, as of late deliveries, where a logit is 1.7 standard deviations
MONTH_SWING_LOG = 0.5 / 1.7 * LOG_SIGMA
LONGER_BY, RAMP_TO, STUCK_SHARE, STUCK_LONGER_BY = 1.6, 2.2, 0.30, 3.0


def world(seed: int, prefix: str) -> RuleWorld:
    """Months of order lines by the days they took."""
    random = np.random.default_rng([seed, 3])
    vendors = shifting_vendors(random, LINES_PER_MONTH, SHIFT_DAYS)
    kind = random.integers(0, 3, len(vendors.events_per_month))
    log_mean = LOG_MEAN + LOG_MEAN_SIGMA * random.normal(size=len(kind))

    vendor, ordered = events(random, vendors, ORDERED_DAYS, MEAN_LINES_PER_ORDER)
    log_days = log_mean[vendor] + swing(random, vendors, vendor, ordered, MONTH_SWING_LOG)
    log_days += LOG_SIGMA * random.normal(size=len(vendor))
    is_shifted = is_in_shift(vendors, vendor, ordered)
    grown = 1 + (RAMP_TO - 1) * ramp(vendors, vendor, ordered)
    is_stuck = random.random(len(vendor)) < STUCK_SHARE
    log_days += np.where(is_shifted & (kind[vendor] == 0), np.log(LONGER_BY), 0)
    log_days += np.where(is_shifted & (kind[vendor] == 1), np.log(grown), 0)
    log_days += np.where(is_shifted & (kind[vendor] == 2) & is_stuck, np.log(STUCK_LONGER_BY), 0)
    days = np.ceil(np.exp(log_days)).astype(np.int64)
    lines = random.geometric(1 / MEAN_LINES_PER_ORDER, len(vendor))
    return RuleWorld(vendors, {"intermediate.int_vendor_month__count": _counts(prefix, vendor, ordered, days, lines)})


def _counts(prefix: str, vendor: Days, ordered: Days, days: Days, lines: Days) -> pa.Table:
    months = dates(ordered).astype("datetime64[M]").astype(np.int64)
    counted, place = np.unique(np.column_stack([vendor, months, days]), axis=0, return_inverse=True)
    return pa.table(
        {
            "vendor_key": vendor_keys(prefix, counted[:, 0]),
            "month": counted[:, 1].astype("datetime64[M]").astype("datetime64[D]"),
            "measure": np.full(len(counted), "received"),
            "days": counted[:, 2],
            "lines": np.bincount(place.ravel(), weights=lines).astype(np.int64),
        }
    )


RECIPE = Recipe("lead_times", ("lead_time_growth",), world, WINDOW_DAYS, ORDERED_DAYS.stop)
