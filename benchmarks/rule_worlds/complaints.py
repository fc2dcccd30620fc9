"""Complaints among receipts: four times as many in a shift, as defects are in that of a quality dip, and at least five
more of a hundred receipts.

That few vendors give most complaints is measured (half of 6,145 from 10 of 320 vendors); their mean share, and that a
cause gives 1.3 of them on one day, are our choice.
"""

import numpy as np
import pyarrow as pa

from benchmarks.rule_worlds.recipe import (
    Recipe,
    RuleWorld,
    dates,
    events,
    instants,
    is_in_shift,
    numbers,
    shifting_vendors,
    vendor_keys,
)
from benchmarks.vendor_worlds import DIP_DAYS, DIP_FACTOR, swung

RECEIPTS_PER_MONTH = (8, 16, 40, 100)
COMPLAINT_SHARE_MEAN, COMPLAINT_SHARE_SHAPE = 0.02, 0.8
SMALLEST_SHARE, LARGEST_SHARE = 0.0005, 0.25
COMPLAINTS_PER_CAUSE = 1.3
MORE_COMPLAINTS_AT_LEAST = 0.05


def world(seed: int, prefix: str) -> RuleWorld:
    """Receipts and the complaints about some of them, on the day of the receipt."""
    random = np.random.default_rng([seed, 5])
    vendors = shifting_vendors(random, RECEIPTS_PER_MONTH, DIP_DAYS)
    usual = random.gamma(COMPLAINT_SHARE_SHAPE, COMPLAINT_SHARE_MEAN / COMPLAINT_SHARE_SHAPE, len(vendors.shift_start))

    vendor, received = events(random, vendors)
    share = swung(random, np.clip(usual, SMALLEST_SHARE, LARGEST_SHARE), vendor, received)
    shifted = np.maximum(share * DIP_FACTOR, share + MORE_COMPLAINTS_AT_LEAST)
    share = np.where(is_in_shift(vendors, vendor, received), shifted, share)
    causes = np.flatnonzero(random.random(len(vendor)) < np.minimum(share / COMPLAINTS_PER_CAUSE, 0.98))
    blamed = np.repeat(causes, random.geometric(1 / COMPLAINTS_PER_CAUSE, len(causes)))
    receipts = pa.table(
        {
            "vendor_key": vendor_keys(prefix, vendor),
            "movement": np.full(len(vendor), "receipt"),
            "is_reversed": np.zeros(len(vendor), bool),
            "recorded_date": dates(received),
        }
    )
    complaints = pa.table(
        {
            "quality_notification": numbers(prefix, len(blamed)),
            "vendor_key": vendor_keys(prefix, vendor[blamed]),
            "is_complaint": np.ones(len(blamed), bool),
            "is_withdrawn": np.zeros(len(blamed), bool),
            "reported_at": instants(received[blamed], 10),
        }
    )
    return RuleWorld(vendors, {"marts.fct_goods_receipt": receipts, "marts.fct_quality_notification": complaints})


RECIPE = Recipe("complaints", ("quality_notifications",), world)
