"""Lots that are rejected more often. Shares of vendors are spread as their late shares really are (Beta(0.81, 20.9));
that the two are alike, and sizes of the shifts, are our choice."""

import numpy as np
import pyarrow as pa

from benchmarks.rule_worlds.recipe import (
    Recipe,
    RuleWorld,
    dates,
    events,
    is_in_shift,
    numbers,
    ramp,
    shifting_vendors,
    vendor_keys,
)
from benchmarks.vendor_worlds import DIP_DAYS, LOTS_PER_MONTH, swung

REJECTED_SHARE = (0.81, 20.9)
SMALLEST_SHARE = 0.001
MORE_REJECTED, RAMP_TO = 0.20, 0.35


def world(seed: int, prefix: str) -> RuleWorld:
    """Inspected lots, rejected or not."""
    random = np.random.default_rng([seed, 4])
    vendors = shifting_vendors(random, LOTS_PER_MONTH, DIP_DAYS)
    is_ramp = random.random(len(vendors.events_per_month)) < 0.5
    usual = np.maximum(random.beta(*REJECTED_SHARE, len(is_ramp)), SMALLEST_SHARE)

    vendor, decided = events(random, vendors)
    share = swung(random, usual, vendor, decided)
    more = np.where(is_ramp[vendor], RAMP_TO * ramp(vendors, vendor, decided), MORE_REJECTED)
    share = np.minimum(share + np.where(is_in_shift(vendors, vendor, decided), more, 0), 0.98)
    is_rejected = random.random(len(vendor)) < share
    count = len(vendor)
    lots = pa.table(
        {
            "inspection_lot": numbers(prefix, count),
            "vendor_key": vendor_keys(prefix, vendor),
            "decided_date": dates(decided),
            "is_inspected": np.ones(count, bool),
            "is_receipt_reversed": np.zeros(count, bool),
            "outcome": np.where(is_rejected, "rejected", "accepted"),
            "is_complaint_withdrawn": np.zeros(count, bool),
            "is_defective_assumed": np.zeros(count, bool),
        }
    )
    return RuleWorld(vendors, {"marts.fct_inspection_lot": lots})


RECIPE = Recipe("rejections", ("lot_rejections",), world)
