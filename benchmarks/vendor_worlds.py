"""Worlds of vendors whose behaviour shifts on known days: the same seed gives the same world.

Two years of 600 vendors' deliveries, or of 400 vendors' inspected lots; half of the vendors shift for 120 days (16
weeks) in the second year. Rates, tails and lags are those measured on real deliveries: see docs/early-warning.md. Days
are counted from 0, the first day of the first year.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]

DAYS = 730
FIRST_EVALUATED_DAY = 365
MONTH_DAYS = 30.4
NEVER = 1_000_000

LINES_PER_MONTH = (4, 8, 16, 40)
DELIVERY_VENDORS = 600
SHIFT_DAYS = 120
MEAN_LINES_PER_ORDER = 1.7
LATE_SHARE = (2.2, 20.0)
MONTH_SWING_LOGIT = 0.5
LATE_DAYS_MEDIAN, LATE_DAYS_SIGMA = 11.6, 1.38
EARLY_SHARE, EARLY_DAYS_MEAN = 0.087, 20.0
BOOKED_LATE_SHARE, BOOKED_LATE_DAYS_MEDIAN, BOOKED_LATE_DAYS_P90 = 0.185, 8.0, 37.0
ANNOUNCED_SHARE_OF_LATE, ANNOUNCED_SHARE_OF_OTHERS = 0.60, 0.02
MORE_LATE, DAYS_LATER, RAMP_TO = 0.30, 10, 0.45

LOTS_PER_MONTH = (4, 8, 16)
QUALITY_VENDORS = 400
LOT_SIZES = (20, 10_000)
DEFECT_SHARE_MEDIAN, DEFECT_SHARE_SIGMA = 0.005, 0.8
DEFECT_RHO = 0.01
DIP_FACTOR, DIP_DAYS = 4, 112
P90 = 1.2815515655446004


@dataclass(frozen=True)
class Vendors:
    """What is true of each vendor: events a month, and the days on which its shift begins and is over (NEVER where it
    has none)."""

    events_per_month: Numbers
    shift_start: Days
    shift_end: Days

    @property
    def has_shift(self) -> Flags:
        """Whether a vendor shifts."""
        return self.shift_start < NEVER


@dataclass(frozen=True)
class Deliveries:
    """One row per order, all of whose lines come together. A day that never comes is NEVER."""

    vendors: Vendors
    vendor: Days
    lines: Days
    due: Days
    delivered: Days
    booked: Days
    announced: Days


@dataclass(frozen=True)
class Lots:
    """One row per inspected lot."""

    vendors: Vendors
    vendor: Days
    decided: Days
    pieces: Days
    defective: Days


def deliveries(seed: int) -> Deliveries:
    """A world of deliveries: vendors of 4, 8, 16 and 40 lines a month, a quarter of each."""
    random = np.random.default_rng([seed, 1])
    lines_per_month = np.repeat(LINES_PER_MONTH, DELIVERY_VENDORS // len(LINES_PER_MONTH)).astype(float)
    shift_start = shift_starts(random, DELIVERY_VENDORS, SHIFT_DAYS)
    vendors = Vendors(lines_per_month, shift_start, np.where(shift_start < NEVER, shift_start + SHIFT_DAYS, NEVER))
    kind = random.integers(0, 3, DELIVERY_VENDORS)

    orders = random.poisson(lines_per_month / MEAN_LINES_PER_ORDER / MONTH_DAYS * DAYS)
    vendor = np.repeat(np.arange(DELIVERY_VENDORS), orders)
    count = len(vendor)
    due = random.integers(0, DAYS, count)
    is_shifted = (due >= shift_start[vendor]) & (due < vendors.shift_end[vendor])

    late_share = swung(random, random.beta(*LATE_SHARE, DELIVERY_VENDORS), vendor, due)
    ramped = RAMP_TO * np.clip((due - shift_start[vendor]) / SHIFT_DAYS, 0, 1)
    late_share += np.where(is_shifted & (kind[vendor] == 0), MORE_LATE, 0)
    late_share += np.where(is_shifted & (kind[vendor] == 1), ramped, 0)
    is_late = random.random(count) < np.minimum(late_share, 0.98)

    late_days = np.maximum(np.ceil(LATE_DAYS_MEDIAN * np.exp(LATE_DAYS_SIGMA * random.normal(size=count))), 1)
    early_days = np.where(random.random(count) < EARLY_SHARE, np.ceil(random.exponential(EARLY_DAYS_MEAN, count)), 0)
    slip = np.where(is_late, late_days, -early_days) + np.where(is_shifted & (kind[vendor] == 2), DAYS_LATER, 0)
    delivered = due + slip.astype(np.int64)
    spread = np.log(BOOKED_LATE_DAYS_P90 / BOOKED_LATE_DAYS_MEDIAN) / P90
    lag = np.ceil(BOOKED_LATE_DAYS_MEDIAN * np.exp(spread * random.normal(size=count)))
    lag = np.where(random.random(count) < BOOKED_LATE_SHARE, lag, 0).astype(np.int64)
    announced_share = np.where(slip > 0, ANNOUNCED_SHARE_OF_LATE, ANNOUNCED_SHARE_OF_OTHERS)
    announced = np.where(random.random(count) < announced_share, due - random.integers(2, 15, count), NEVER)
    lines = random.geometric(1 / MEAN_LINES_PER_ORDER, count)
    return Deliveries(vendors, vendor, lines, due, delivered, delivered + lag, announced)


def lots(seed: int) -> Lots:
    """A world of inspected lots: a third of the vendors with 4, 8 and 16 lots a month each."""
    random = np.random.default_rng([seed, 2])
    lots_per_month = np.resize(np.repeat(LOTS_PER_MONTH, QUALITY_VENDORS // 3 + 1), QUALITY_VENDORS).astype(float)
    shift_start = shift_starts(random, QUALITY_VENDORS, DIP_DAYS)
    vendors = Vendors(lots_per_month, shift_start, np.where(shift_start < NEVER, shift_start + DIP_DAYS, NEVER))
    vendor = np.repeat(np.arange(QUALITY_VENDORS), random.poisson(lots_per_month / MONTH_DAYS * DAYS))
    decided = random.integers(0, DAYS, len(vendor))
    smallest, largest = np.log(LOT_SIZES)
    pieces = np.exp(random.uniform(smallest, largest, len(vendor))).astype(np.int64)
    usual = DEFECT_SHARE_MEDIAN * np.exp(DEFECT_SHARE_SIGMA * random.normal(size=QUALITY_VENDORS))
    is_shifted = (decided >= shift_start[vendor]) & (decided < vendors.shift_end[vendor])
    share = np.minimum(usual[vendor] * np.where(is_shifted, DIP_FACTOR, 1), 0.5)
    weight = 1 / DEFECT_RHO - 1
    defective = random.binomial(pieces, random.beta(share * weight, (1 - share) * weight))
    return Lots(vendors, vendor, decided, pieces, defective)


def shift_starts(random: np.random.Generator, vendors: int, length_days: int) -> Days:
    """Half of the vendors shift, from a day of the second year on, so that each shift ends within it; NEVER for the
    others."""
    starts = random.integers(FIRST_EVALUATED_DAY, DAYS - length_days + 1, vendors)
    return np.where(random.random(vendors) < 0.5, starts, NEVER)


def swung(random: np.random.Generator, share: Numbers, vendor: Days, day: Days) -> Numbers:
    """A vendor's share on a day: every thirty days are a little better or worse than its own usual."""
    swing = MONTH_SWING_LOGIT * random.normal(size=(len(share), DAYS // 30 + 1))
    logit = np.log(share / (1 - share))[vendor] + swing[vendor, day // 30]
    return 1 / (1 + np.exp(-logit))
