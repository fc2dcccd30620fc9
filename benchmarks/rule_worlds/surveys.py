"""Answers of vendors to quarterly surveys, of which more do not recommend us for two waves.

Nothing of it was measured on real answers: that a fifth of them is from 0 to 6, that 2, 4 or 8 people of a vendor
answer each quarter, and a shift of 40 points are our choice. A wave is answered in its quarter's last two weeks and ten
days more.
"""

import numpy as np
import pyarrow as pa

from benchmarks.rule_worlds.recipe import (
    Recipe,
    RuleWorld,
    instants,
    is_in_shift,
    shifting_vendors,
    vendor_keys,
)
from benchmarks.vendor_worlds import DAYS, swung

ANSWERS_PER_WAVE = (2, 4, 8)
QUARTER_DAYS, FIRST_ANSWER_DAY, ANSWER_DAYS = 91, 77, 25
SHIFT_DAYS = 182
# two waves, and the ten days after the second one's quarter
WINDOW_DAYS = 197
DETRACTOR_SHARE = (3.0, 12.0)
MORE_DETRACTORS = 0.40


def world(seed: int, prefix: str) -> RuleWorld:
    """Answers with their vote."""
    random = np.random.default_rng([seed, 8])
    vendors = shifting_vendors(random, ANSWERS_PER_WAVE, SHIFT_DAYS)
    asked = np.repeat(np.arange(len(vendors.shift_start)), vendors.events_per_month.astype(np.int64))
    waves = np.arange(DAYS // QUARTER_DAYS)
    vendor, wave = np.tile(asked, len(waves)), np.repeat(waves, len(asked))
    submitted = wave * QUARTER_DAYS + FIRST_ANSWER_DAY + random.integers(0, ANSWER_DAYS, len(vendor))
    is_inside = submitted < DAYS
    vendor, wave, submitted = vendor[is_inside], wave[is_inside], submitted[is_inside]

    share = swung(random, random.beta(*DETRACTOR_SHARE, len(vendors.shift_start)), vendor, submitted)
    share += np.where(is_in_shift(vendors, vendor, submitted), MORE_DETRACTORS, 0)
    is_detractor = random.random(len(vendor)) < np.minimum(share, 0.98)
    answers = pa.table(
        {
            "vendor_key": vendor_keys(prefix, vendor),
            "direction": np.full(len(vendor), "vendor_rates_us"),
            "is_counted": np.ones(len(vendor), bool),
            "submitted_at": instants(submitted, 12),
            "wave": wave.astype(str),
            "vote": np.where(is_detractor, "detractor", "promoter"),
        }
    )
    return RuleWorld(vendors, {"marts.fct_survey_response": answers})


RECIPE = Recipe("surveys", ("relationship_drop",), world, WINDOW_DAYS, counted_by="wave")
