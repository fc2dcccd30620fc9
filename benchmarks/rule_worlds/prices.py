"""Invoice lines whose price lies above the last one paid for the material.

A tenth of repeated purchases does in real data (the 90th percentile of changes is +3.1 %). How they are spread over
vendors and invoices, the shifts, and that a vendor has as many materials as lines a month are our choice. A price list
that goes up makes each material jump once, when it is next bought, so that its evidence dries up by itself.
"""

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
from benchmarks.vendor_worlds import LINES_PER_MONTH, SHIFT_DAYS, Days, Flags, Vendors, swung

JUMP_SHARE = (2.2, 20.0)
MEAN_LINES_PER_INVOICE = 1.7
LINES_ALIKE_SHARE = 0.3
"""Lines of an invoice that follow its first one, jump or not."""
MATERIALS_PER_MONTHLY_LINE, FEWEST_MATERIALS = 1.0, 6
MORE_JUMPS, RAMP_TO = 0.30, 0.45
JUMP, NO_JUMP = 1.08, 1.0


def world(seed: int, prefix: str) -> RuleWorld:
    """Lines of invoices with the price and the last one paid."""
    random = np.random.default_rng([seed, 7])
    vendors = shifting_vendors(random, LINES_PER_MONTH, SHIFT_DAYS)
    kind = random.integers(0, 3, len(vendors.events_per_month))

    invoice_vendor, invoice_day = events(random, vendors, events_per_document=MEAN_LINES_PER_INVOICE)
    invoice = np.repeat(
        np.arange(len(invoice_vendor)), random.geometric(1 / MEAN_LINES_PER_INVOICE, len(invoice_vendor))
    )
    vendor, posted = invoice_vendor[invoice], invoice_day[invoice]
    count = len(vendor)

    share = swung(random, random.beta(*JUMP_SHARE, len(kind)), vendor, posted)
    is_shifted = is_in_shift(vendors, vendor, posted)
    share += np.where(is_shifted & (kind[vendor] == 0), MORE_JUMPS, 0)
    share += np.where(is_shifted & (kind[vendor] == 1), RAMP_TO * ramp(vendors, vendor, posted), 0)
    alike = random.random(len(invoice_vendor))[invoice]
    place = np.where(random.random(count) < LINES_ALIKE_SHARE, alike, random.random(count))
    is_jump = place < np.minimum(share, 0.98)
    is_jump |= (kind[vendor] == 2) & _is_first_at_new_price(random, vendors, vendor, posted)

    keys = numbers(prefix, count)
    return RuleWorld(
        vendors,
        {
            "intermediate.int_cost__line_baseline": pa.table(
                {
                    "invoice_line_key": keys,
                    "vendor_key": vendor_keys(prefix, vendor),
                    "posting_date": dates(posted),
                    "is_price_outlier": np.zeros(count, bool),
                    "quantity": np.full(count, 10),
                    "amount_at_order_rate": np.where(is_jump, JUMP, NO_JUMP) * 10,
                    "last_paid_price": np.ones(count),
                }
            ),
            "marts.fct_invoice_line": pa.table(
                {
                    "invoice_line_key": keys,
                    "invoice": np.char.add(f"{prefix}/", invoice.astype(str)),
                    "invoice_line": np.arange(count).astype(str),
                }
            ),
        },
    )


def _is_first_at_new_price(random: np.random.Generator, vendors: Vendors, vendor: Days, posted: Days) -> Flags:
    """Whether a line is the first of its material since its vendor's shift began."""
    materials = np.maximum(vendors.events_per_month * MATERIALS_PER_MONTHLY_LINE, FEWEST_MATERIALS)
    material = (random.random(len(vendor)) * materials[vendor]).astype(np.int64)
    is_since = posted >= vendors.shift_start[vendor]
    order = np.lexsort((posted, material, vendor, ~is_since))
    chosen = order[: int(is_since.sum())]
    is_new = np.ones(len(chosen), bool)
    is_new[1:] = (vendor[chosen][1:] != vendor[chosen][:-1]) | (material[chosen][1:] != material[chosen][:-1])
    flags = np.zeros(len(vendor), bool)
    flags[chosen[is_new]] = True
    return flags


RECIPE = Recipe("prices", ("price_jump",), world)
