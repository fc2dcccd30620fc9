"""What the recipes of worlds share: vendors with shifts, events over their days, and the rows that tell of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.alert_quality import WINDOW_AFTER_START_DAYS
from benchmarks.vendor_worlds import DAYS, MONTH_DAYS, NEVER, Days, Flags, Numbers, Vendors, shift_starts

FIRST_DAY = date(2024, 1, 1)
VENDORS = 240
"""Of a world; a band of volume has the same number of them as every other."""


@dataclass(frozen=True)
class RuleWorld:
    """Who shifts when, and the rows of each mart. A vendor's key is the world's prefix, a colon and its number."""

    vendors: Vendors
    rows: Mapping[str, pa.Table]


@dataclass(frozen=True)
class Recipe:
    """A kind of worlds and the rules that judge them. Within window_days from the start of a shift an alarm is true;
    the worlds last for days; the events of a band are counted by month or wave."""

    name: str
    rules: Sequence[str]
    world: Callable[[int, str], RuleWorld]
    window_days: int = WINDOW_AFTER_START_DAYS
    days: int = DAYS
    counted_by: str = "month"


def shifting_vendors(
    random: np.random.Generator, bands: Sequence[int], shift_days: int, vendors: int = VENDORS
) -> Vendors:
    """As many vendors of each number of events a month, half of which shift."""
    per_month = np.resize(np.repeat(bands, -(-vendors // len(bands))), vendors).astype(float)
    start = shift_starts(random, vendors, shift_days)
    return Vendors(per_month, start, np.where(start < NEVER, start + shift_days, NEVER))


def events(
    random: np.random.Generator, vendors: Vendors, days: range = range(DAYS), events_per_document: float = 1.0
) -> tuple[Days, Days]:
    """Vendor and day of each document, in any order."""
    documents = random.poisson(vendors.events_per_month / events_per_document / MONTH_DAYS * len(days))
    vendor = np.repeat(np.arange(len(documents)), documents)
    return vendor, random.integers(days.start, days.stop, len(vendor))


def is_in_shift(vendors: Vendors, vendor: Days, day: Days) -> Flags:
    """Whether an event lies in its vendor's shift."""
    return (day >= vendors.shift_start[vendor]) & (day < vendors.shift_end[vendor])


def ramp(vendors: Vendors, vendor: Days, day: Days) -> Numbers:
    """How much of a shift that grows evenly is reached: from 0 at its start to 1 at its end."""
    length = np.maximum(vendors.shift_end - vendors.shift_start, 1)
    return np.clip((day - vendors.shift_start[vendor]) / length[vendor], 0, 1)


def swing(random: np.random.Generator, vendors: Vendors, vendor: Days, day: Days, sigma: float) -> Numbers:
    """How every thirty days are a little better or worse for each vendor. Days before the first year have theirs."""
    thirties = day // 30 - min(int(day.min()) // 30, 0)
    drawn = sigma * random.normal(size=(len(vendors.events_per_month), int(thirties.max()) + 1))
    return drawn[vendor, thirties]


def vendor_keys(prefix: str, vendor: Days) -> Any:
    """Keys of vendors."""
    return np.char.add(f"{prefix}:", vendor.astype(str))


def vendors_of_category(prefix: str, count: int) -> pa.Table:
    """Vendors of one category: what is usual in it is learnt from them alone."""
    return pa.table({"vendor_key": vendor_keys(prefix, np.arange(count)), "category": np.full(count, prefix)})


def numbers(prefix: str, count: int) -> Any:
    """Numbers of documents that no other world has."""
    return np.char.add(f"{prefix}/", np.arange(count).astype(str))


def dates(days: Days) -> Any:
    """Calendar dates of days."""
    return np.datetime64(FIRST_DAY) + days.astype("timedelta64[D]")


def instants(days: Days, hours: Numbers | float) -> Any:
    """Instants of a day and hours after its beginning."""
    return dates(days).astype("datetime64[us]") + np.asarray(hours * 3_600_000_000).astype("timedelta64[us]")
