"""Tickets that take longer and so miss their targets: one world for both rules about service.

The width of all times is that of real tickets (standard deviation of the logarithm 3.2, of which priorities explain a
part: the median of the first is 80 hours and of the last 5). Targets that a fifth misses, the spread between vendors,
and sizes of the shifts are our choice. A target is not moved and nothing is reopened here.
"""

import numpy as np
import pyarrow as pa

from benchmarks.rule_worlds.recipe import (
    Recipe,
    RuleWorld,
    events,
    instants,
    is_in_shift,
    numbers,
    ramp,
    shifting_vendors,
    swing,
    vendor_keys,
)
from benchmarks.vendor_worlds import SHIFT_DAYS

TICKETS_PER_MONTH = (4, 8, 16, 40)
MEDIAN_HOURS_BY_PRIORITY = (80.0, 40.0, 15.0, 5.0)
PRIORITY_SHARES = (0.05, 0.15, 0.4, 0.4)
LOG_SIGMA = 3.0
# in standard deviations of the logarithm: between vendors, and half a logit a month as of late deliveries
VENDOR_SIGMA, MONTH_SIGMA = 0.3, 0.5 / 1.7
ALLOWED_SIGMAS = 0.8
STUCK_SHARE, RAMP_TO, TIMES_AS_LONG = 0.30, 0.45, 8.0


def world(seed: int, prefix: str) -> RuleWorld:
    """Tickets of a portal, solved in the end; a breach is known on the planned end."""
    random = np.random.default_rng([seed, 6])
    vendors = shifting_vendors(random, TICKETS_PER_MONTH, SHIFT_DAYS)
    kind = random.integers(0, 3, len(vendors.events_per_month))
    slower = VENDOR_SIGMA * random.normal(size=len(kind))

    vendor, day = events(random, vendors)
    count = len(vendor)
    priority = random.choice(len(PRIORITY_SHARES), count, p=PRIORITY_SHARES)
    median_hours = np.array(MEDIAN_HOURS_BY_PRIORITY)[priority]
    place = slower[vendor] + swing(random, vendors, vendor, day, MONTH_SIGMA) + random.normal(size=count)
    target_hours = median_hours * np.exp(LOG_SIGMA * ALLOWED_SIGMAS)
    hours = median_hours * np.exp(LOG_SIGMA * place)

    is_shifted = is_in_shift(vendors, vendor, day)
    stuck_share = np.where(kind[vendor] == 0, STUCK_SHARE, RAMP_TO * ramp(vendors, vendor, day))
    is_stuck = is_shifted & (kind[vendor] < 2) & (random.random(count) < stuck_share)
    hours = np.where(is_stuck, np.maximum(hours, target_hours * (1 + random.exponential(1, count))), hours)
    hours *= np.where(is_shifted & (kind[vendor] == 2), TIMES_AS_LONG, 1)
    # half a minute at least, ten years at most: what the width of the curve makes of its ends is nobody's time
    hours = np.clip(hours, 0.01, 87_600)

    is_breached = hours > target_hours
    opened = random.uniform(8, 18, count)
    rows = pa.table(
        {
            "connection_id": np.full(count, prefix),
            "ticket": numbers(prefix, count),
            "vendor_key": vendor_keys(prefix, vendor),
            "priority": (priority + 1).astype(str),
            "opened_at": instants(day, opened),
            "resolved_at": instants(day, opened + hours),
            "is_cancelled": np.zeros(count, bool),
            "resolution_state": np.where(is_breached, "breached", "met"),
            "resolution_breached_at": pa.array(instants(day, opened + target_hours), mask=~is_breached),
        }
    )
    return RuleWorld(vendors, {"marts.fct_service_ticket": rows})


RECIPE = Recipe("service", ("service_breaches", "service_slowdown"), world)
