"""Goods movements: receipts in parts, wrong bookings and their reversals, returns and replacements."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from sandbox.world import parameters as p
from sandbox.world.draws import Draws, days_later, midnight
from sandbox.world.fates import Fate
from sandbox.world.vendors import Material

MovementType = Literal["101", "102", "122"]

THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Movement:
    """One goods movement of an order item. `posted_on` is the physical day, `recorded_at` (UTC) when it was booked.

    `reverses` is the movement that a 102 takes back. With an `entry_pack` above 1 it is entered in packs of that size.
    """

    item: str
    material: Material
    kind: MovementType
    quantity: Decimal
    posted_on: date
    recorded_at: datetime
    reverses: "Movement | None" = None
    entry_pack: int = 1


@dataclass(frozen=True, slots=True)
class Booking:
    """How a shipment's receipts are booked: days after the receipt, and the time of day."""

    lag_days: int
    second_of_day: int

    def of(self, day: date) -> datetime:
        """The instant at which a receipt of `day` is booked."""
        return midnight(day) + timedelta(days=self.lag_days, seconds=self.second_of_day)


def make_booking(draws: Draws) -> Booking:
    """Draw how a shipment is booked: most on the day, some much later."""
    lag = 0
    if draws.chance(p.RECORDED_LATER):
        lag = min(max(round(draws.lognormal(*p.RECORDING_LAG_LOG)), 1), p.RECORDING_LAG_LIMIT)
    return Booking(lag, draws.between(7 * 3600, 18 * 3600 - 60))


def portion(quantity: Decimal, share: float, unit: str) -> Decimal:
    """A share of a quantity in steps of its unit: thousandths of KG and L, else whole pieces; at least one step."""
    if unit in ("KG", "L"):
        return max((quantity * Decimal(f"{share:.4f}")).quantize(THOUSANDTH), THOUSANDTH)
    return max(Decimal(int(quantity * Decimal(f"{share:.4f}"))), Decimal(1))


def receive(
    draws: Draws, item: str, material: Material, quantity: Decimal, ordered_on: date, fate: Fate, booking: Booking
) -> Iterator[Movement]:
    """Give the movements of a quantity that arrives by `fate`; the last part arrives on the day of the fate."""
    if fate.is_clean:
        at = midnight(fate.arrives_on) + timedelta(seconds=booking.second_of_day)
        yield Movement(item, material, "101", quantity, fate.arrives_on, at)
        return
    total = quantity
    if draws.chance(p.OVER_DELIVERY):
        total = quantity + portion(quantity, draws.within(0.01, 0.06), material.unit)
    elif material.under_tolerance and draws.chance(p.UNDER_DELIVERY):
        total = quantity - portion(quantity, draws.within(0.005, 0.04), material.unit)
    parts = list(_parts(draws, material, total, ordered_on, fate.arrives_on))
    for posted_on, part in parts:
        recorded_at = booking.of(posted_on)
        if draws.chance(p.REVERSED_RECEIPT):
            wrong = Movement(item, material, "101", part, posted_on, recorded_at)
            days = draws.between(0, 2) if draws.chance(0.7) else draws.between(3, 25)
            noticed_at = recorded_at + timedelta(days=days, seconds=draws.between(60, 3000))
            yield wrong
            yield Movement(item, material, "102", part, posted_on, noticed_at, wrong)
            recorded_at = noticed_at + timedelta(seconds=draws.between(30, 600))
        yield Movement(item, material, "101", part, posted_on, recorded_at)
    if draws.chance(p.RETURNED):
        yield from _returned(draws, item, material, parts[-1][1], fate.arrives_on, booking.lag_days)


def _parts(
    draws: Draws, material: Material, total: Decimal, ordered_on: date, arrives_on: date
) -> Iterator[tuple[date, Decimal]]:
    room = min((arrives_on - ordered_on).days - 1, 15)
    if room >= 2 and draws.chance(p.PARTIAL):
        first = portion(total, draws.within(0.2, 0.8), material.unit)
        if first < total:
            came_on = draws.working_day_before(days_later(arrives_on, -draws.between(1, room)))
            yield max(came_on, days_later(ordered_on, 1)), first
            total -= first
    yield arrives_on, total


def _returned(
    draws: Draws, item: str, material: Material, quantity: Decimal, arrived_on: date, lag: int
) -> Iterator[Movement]:
    back = portion(quantity, draws.within(0.05, 0.6), material.unit)
    if back >= quantity:
        return
    returned_on = draws.working_day(days_later(arrived_on, lag + draws.between(5, 30)))
    yield Movement(item, material, "122", back, returned_on, draws.working_second(returned_on))
    if draws.chance(0.6):
        replaced_on = draws.working_day(days_later(returned_on, draws.between(7, 30)))
        yield Movement(item, material, "101", back, replaced_on, draws.working_second(replaced_on))
