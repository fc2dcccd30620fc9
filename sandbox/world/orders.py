"""Purchase orders as they come to be: who orders what, what changes, what arrives."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from sandbox.world import parameters as p
from sandbox.world.draws import Draws, Stream, days_later, midnight, working_day
from sandbox.world.episodes import EXTRA_ORDERS, PRESENT_KINDS, Episode
from sandbox.world.fates import Fate, VendorMood, decide
from sandbox.world.receipts import Booking, Movement, make_booking, portion, receive
from sandbox.world.vendors import Material, Vendor

Cause = Literal[
    "ordered",
    "vendor",
    "buyer_date",
    "buyer_quantity",
    "buyer_price",
    "split",
    "merged",
    "removed",
    "cancelled",
    "final",
]
"""Why an order changed; "vendor" is a promise that the vendor moved, "final" an incomplete receipt accepted."""

PLANTS = ("1010", "1020", "1030")
SUPPLYING_PLANT = "1090"
FIRST_LINE, SECOND_LINE = "0001", "0002"
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Change:
    """Fields set on a header (`item` empty), an item (`line` empty) or a schedule line; `values` None removes it."""

    at: datetime
    cause: Cause
    item: str
    line: str
    values: Mapping[str, Any] | None


@dataclass(slots=True)
class Order:
    """One purchase order, everything that will ever happen to it. Without a vendor it is a stock transport order."""

    vendor: Vendor | None
    created_at: datetime
    changes: list[Change] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)

    @property
    def ordered_on(self) -> date:
        """The day of the order."""
        return self.created_at.date()

    @property
    def plant(self) -> str:
        """The plant that orders and receives."""
        return plant_of(self.vendor) if self.vendor else PLANTS[0]


def plant_of(vendor: Vendor) -> str:
    """The plant that a vendor supplies: one per vendor."""
    return PLANTS[int(vendor.number) % len(PLANTS)]


@dataclass(frozen=True, slots=True)
class _Wish:
    """One item to order: what and how much; `may_change` is False for lines that an episode needs as they are."""

    material: Material
    quantity: Decimal
    may_change: bool = True


def make_orders(seed: int, vendors: Sequence[Vendor], episodes: Sequence[Episode], size: float = 1.0) -> list[Order]:
    """Make all orders, in the order in which they are created; `size` scales the stock transport orders."""
    orders: list[Order] = []
    for vendor in vendors:
        orders.extend(_vendor_orders(Draws(seed, Stream.ORDERS, vendor.rank), vendor, episodes))
    orders.extend(_transport_orders(Draws(seed, Stream.TRANSPORT), vendors, size))
    orders.sort(key=lambda order: (order.created_at, order.vendor.number if order.vendor else ""))
    return orders


def _order_count(draws: Draws, lines: float) -> int:
    mean = sum(share * (low + high) / 2 for share, low, high in p.LINES_PER_ORDER)
    expected = lines / mean * p.ALL_DAYS / p.HISTORY_DAYS
    return draws.poisson(expected) if expected > 3 else max(round(expected), 1)


def _created(draws: Draws) -> datetime:
    day = draws.working_day(days_later(p.HISTORY_START, draws.between(0, p.ALL_DAYS - 8)))
    return midnight(day) + timedelta(hours=5) if draws.chance(p.BATCH_ORDERS) else draws.working_time(day)


def _vendor_orders(draws: Draws, vendor: Vendor, episodes: Sequence[Episode]) -> Iterator[Order]:
    mood = VendorMood(vendor, episodes)
    for created_at in sorted(_created(draws) for _ in range(_order_count(draws, vendor.lines))):
        low, high = p.LEAD_DAYS_LIMITS
        lead = min(max(round(draws.lognormal(vendor.lead_log_mean, p.LEAD_LOG_SPREAD)), low), high)
        due = days_later(created_at.date(), lead)
        due = due if draws.chance(p.WEEKEND_DELIVERY) else draws.working_day(due)
        order = Order(vendor, created_at)
        _fill(draws, order, due, _wishes(draws, vendor.materials), partial(mood.fate, draws, order.ordered_on))
        yield order
    present = {kind for kind, *_ in PRESENT_KINDS}
    for episode in episodes:
        if episode.vendor == vendor.number and episode.kind in present:
            yield from _extra_orders(draws, vendor, episode, mood)


def _extra_orders(draws: Draws, vendor: Vendor, episode: Episode, mood: VendorMood) -> Iterator[Order]:
    """Orders of two material lines each, due on working days spread over the episode."""
    span = [days_later(episode.start, count) for count in range((episode.end - episode.start).days + 1)]
    days = [day for day in span if day.weekday() < 5]
    for turn in range(EXTRA_ORDERS):
        due = days[turn * len(days) // EXTRA_ORDERS]
        order = Order(vendor, draws.working_time(working_day(days_later(due, -draws.between(50, 80)))))
        wishes = [
            _Wish(material, _quantity(material, draws.within(40_000, 400_000)), may_change=False)
            for material in draws.shuffled(vendor.materials)[:2]
        ]
        _fill(draws, order, due, wishes, partial(mood.fate, draws, order.ordered_on))
        yield order


def _transport_orders(draws: Draws, vendors: Sequence[Vendor], size: float) -> Iterator[Order]:
    materials = [material for vendor in vendors[:40] for material in vendor.materials]
    for created_at in sorted(_created(draws) for _ in range(_order_count(draws, p.TRANSPORT_ORDER_LINES * size))):
        order = Order(None, created_at)
        due = draws.working_day(days_later(created_at.date(), draws.between(5, 40)))
        wishes = _wishes(draws, [draws.pick(materials) for _ in range(3)])
        early_rate, late_rate = p.TRANSPORT_MIX
        fate_of = partial(decide, draws, order.ordered_on, early_rate=early_rate, late_rate=late_rate, shift=0)
        _fill(draws, order, due, wishes, fate_of)
        yield order


def _quantity(material: Material, value: float) -> Decimal:
    units = value / float(material.price) * material.price_unit
    return Decimal(f"{max(units, 0.5):.3f}") if material.unit in ("KG", "L") else Decimal(max(round(units), 1))


def _wishes(draws: Draws, materials: Sequence[Material]) -> list[_Wish]:
    low, high = draws.weighted([((low, high), share) for share, low, high in p.LINES_PER_ORDER]) or (1, 1)
    wishes = []
    for _ in range(draws.between(low, high)):
        material = draws.pick(materials)
        value = min(max(draws.lognormal(*p.LINE_VALUE_LOG), p.LINE_VALUE_LIMITS[0]), p.LINE_VALUE_LIMITS[1])
        wishes.append(_Wish(material, _quantity(material, value)))
    return wishes


def _fill(draws: Draws, order: Order, due: date, wishes: Sequence[_Wish], fate_of: Callable[[date], Fate]) -> None:
    """Give an order its header, items, changes and movements."""
    header_cancelled = draws.chance(0.03) and all(wish.may_change for wish in wishes)
    order.changes.append(Change(order.created_at, "ordered", "", "", {}))
    fate, booking = fate_of(due), make_booking(draws)
    for place, wish in enumerate(wishes):
        if place and wish.may_change and draws.chance(p.NEW_SHIPMENT):
            fate, booking = fate_of(due), make_booking(draws)
        life = draws.weighted(p.LIVES) if wish.may_change else None
        if header_cancelled:
            life = "cancelled"
        _ItemStory(draws, order, f"{(place + 1) * 10:05d}", wish, due, fate, booking, fate_of).tell(life, place > 0)
    if header_cancelled:
        at = max(change.at for change in order.changes if change.cause == "cancelled")
        order.changes.append(Change(at, "cancelled", "", "", {"PurchaseOrderDeletionCode": "L"}))


@dataclass(slots=True)
class _ItemStory:
    """What happens to one item, told as changes and movements of its order."""

    draws: Draws
    order: Order
    item: str
    wish: _Wish
    due: date
    fate: Fate
    booking: Booking
    fate_of: Callable[[date], Fate]

    def tell(self, life: str | None, may_vanish: bool) -> None:
        """Tell the item's whole life; one that the order is too short for becomes an ordinary one."""
        teller = {
            "cancelled": self._cancelled,
            "removed": self._removed if may_vanish else self._merged,
            "split": self._split,
            "two_dates": self._two_dates,
            "buyer_date": self._buyer_date,
            "buyer_quantity": self._buyer_quantity,
            "buyer_price": self._buyer_price,
            "returns_item": self._returns_item,
        }.get(life or "", self._plain)
        has_room = (self.due - self.order.ordered_on).days >= 40
        if life in ("cancelled", "returns_item") or has_room:
            teller()
        else:
            self._plain()

    # ---- lives ----
    def _plain(self) -> None:
        self._place(self.wish.quantity)
        self._line(FIRST_LINE, self.wish.quantity, self.due)
        self._announce(FIRST_LINE)
        self._receive(self.wish.quantity, self.fate)

    def _cancelled(self) -> None:
        self._place(self.wish.quantity)
        self._line(FIRST_LINE, self.wish.quantity, self.due)
        last = max((min(self.fate.arrives_on, days_later(self.due, 20)) - self.order.ordered_on).days - 1, 1)
        at = self.draws.working_time(days_later(self.order.ordered_on, self.draws.between(1, last)))
        self._announce(FIRST_LINE, until=at)
        self._change(at, "cancelled", "", {"PurchasingDocumentDeletionCode": "L"})

    def _removed(self) -> None:
        self._place(self.wish.quantity)
        self._line(FIRST_LINE, self.wish.quantity, self.due)
        self._change(self._early(), "removed", "", None)

    def _merged(self) -> None:
        second = portion(self.wish.quantity, 0.4, self.wish.material.unit)
        if second >= self.wish.quantity:
            return self._plain()
        self._place(self.wish.quantity)
        self._line(FIRST_LINE, self.wish.quantity - second, self.due)
        self._line(SECOND_LINE, second, working_day(days_later(self.due, self.draws.between(7, 30))))
        at = self._early()
        self._change(at, "merged", FIRST_LINE, {"ScheduleLineOrderQuantity": self.wish.quantity})
        self._change(at, "merged", SECOND_LINE, None)
        self._announce(FIRST_LINE)
        return self._receive(self.wish.quantity, self.fate)

    def _split(self) -> None:
        second = portion(self.wish.quantity, self.draws.within(0.2, 0.6), self.wish.material.unit)
        if second >= self.wish.quantity:
            return self._plain()
        self._place(self.wish.quantity)
        self._line(FIRST_LINE, self.wish.quantity, self.due)
        at = self._early()
        later = working_day(days_later(self.due, self.draws.between(14, 45)))
        self._change(at, "split", FIRST_LINE, {"ScheduleLineOrderQuantity": self.wish.quantity - second})
        self._line(SECOND_LINE, second, later, at, "split")
        return self._receive_both(second, later)

    def _two_dates(self) -> None:
        second = portion(self.wish.quantity, 0.5, self.wish.material.unit)
        if second >= self.wish.quantity:
            return self._plain()
        self._place(self.wish.quantity)
        later = working_day(days_later(self.due, self.draws.between(14, 60)))
        self._line(FIRST_LINE, self.wish.quantity - second, self.due)
        self._line(SECOND_LINE, second, later)
        return self._receive_both(second, later)

    def _buyer_date(self) -> None:
        """The buyer and the vendor agree on a new date: SAP's statistical date moves too."""
        self._place(self.wish.quantity)
        self._line(FIRST_LINE, self.wish.quantity, self.due)
        agreed = working_day(days_later(self.due, self.draws.pick((-10, -7, 7, 14, 21, 28))))
        values = {"ScheduleLineDeliveryDate": agreed, "SchedLineStscDeliveryDate": agreed}
        self._change(self._early(), "buyer_date", FIRST_LINE, values)
        self.fate = self.fate_of(agreed)
        self._announce(FIRST_LINE)
        self._receive(self.wish.quantity, self.fate)

    def _buyer_quantity(self) -> None:
        self._place(self.wish.quantity)
        self._line(FIRST_LINE, self.wish.quantity, self.due)
        quantity = portion(self.wish.quantity, self.draws.pick((0.5, 0.8, 1.2, 1.5, 2.0)), self.wish.material.unit)
        at = self._early()
        self._change(at, "buyer_quantity", "", {"OrderQuantity": quantity})
        self._change(at, "buyer_quantity", FIRST_LINE, {"ScheduleLineOrderQuantity": quantity})
        self._announce(FIRST_LINE)
        self._receive(quantity, self.fate)

    def _buyer_price(self) -> None:
        self._plain()
        price = (self.wish.material.price * Decimal(f"{self.draws.within(0.8, 1.15):.4f}")).quantize(Decimal("0.01"))
        self._change(self._early(), "buyer_price", "", {"NetPriceAmount": max(price, Decimal("0.01"))})

    def _returns_item(self) -> None:
        """Goods that we send back on an order of their own: nothing is received."""
        self._place(self.wish.quantity, is_return=True)
        self._line(FIRST_LINE, self.wish.quantity, self.due)

    # ---- parts of a life ----
    def _early(self) -> datetime:
        """An instant in the first half of the time to the due date, before any announcement of the vendor."""
        half = (self.due - self.order.ordered_on).days // 2
        return self.draws.working_time(days_later(self.order.ordered_on, self.draws.between(1, half - 10)))

    def _change(self, at: datetime, cause: Cause, line: str, values: Mapping[str, Any] | None) -> None:
        self.order.changes.append(Change(at, cause, self.item, line, values))

    def _place(self, quantity: Decimal, is_return: bool = False) -> None:
        material = self.wish.material
        price = material.price
        if self.draws.chance(p.PRICE_CHANGED):
            price = (price * Decimal(f"{1 + self.draws.within(*p.PRICE_CHANGE_LIMITS):.4f}")).quantize(Decimal("0.01"))
        values = {
            "PurchasingDocumentDeletionCode": "",
            "Plant": self.order.plant,
            "Material": material.number,
            "PurchaseOrderItemText": material.text,
            "MaterialGroup": material.group,
            "OrderQuantity": quantity,
            "PurchaseOrderQuantityUnit": material.unit,
            "NetPriceAmount": max(price, Decimal("0.01")),
            "NetPriceQuantity": Decimal(material.price_unit),
            "OrderPriceUnit": material.unit,
            "OrderPriceUnitToOrderUnitNmrtr": ONE,
            "OrdPriceUnitToOrderUnitDnmntr": ONE,
            "PurchaseOrderItemCategory": "",
            "GoodsReceiptIsExpected": True,
            "PurchaseContract": "",
            "PurchaseContractItem": "",
            "SupplierConfirmationControlKey": "",
            "IsCompletelyDelivered": False,
            "IsReturnsItem": is_return,
            "UnderdelivTolrtdLmtRatioInPct": material.under_tolerance,
            "OverdelivTolrtdLmtRatioInPct": material.over_tolerance,
            "PlannedDeliveryDurationInDays": Decimal((self.due - self.order.ordered_on).days),
        }
        self._change(self.order.created_at, "ordered", "", values)

    def _line(
        self, line: str, quantity: Decimal, due: date, at: datetime | None = None, cause: Cause = "ordered"
    ) -> None:
        values = {
            "ScheduleLineDeliveryDate": due,
            "SchedLineStscDeliveryDate": due,
            "ScheduleLineOrderQuantity": quantity,
            "PurchaseOrderQuantityUnit": self.wish.material.unit,
        }
        self._change(at or self.order.created_at, cause, line, values)

    def _announce(self, line: str, until: datetime | None = None) -> None:
        for at, promise in self.fate.announcements:
            if until is None or at < until:
                self._change(at, "vendor", line, {"ScheduleLineDeliveryDate": promise})

    def _receive_both(self, second: Decimal, later: date) -> None:
        self._announce(FIRST_LINE)
        self._receive(self.wish.quantity - second, self.fate)
        if later > self.fate.arrives_on:
            self._receive(second, Fate(later))
        else:
            self._receive(second, Fate(days_later(self.fate.arrives_on, 1)))

    def _receive(self, quantity: Decimal, fate: Fate) -> None:
        material, ordered_on = self.wish.material, self.order.ordered_on
        movements = list(receive(self.draws, self.item, material, quantity, ordered_on, fate, self.booking))
        self.order.movements.extend(movements)
        if sum((_signed(movement) for movement in movements), Decimal(0)) < quantity:
            # the buyer expects no more: an edit of the order, so its change time moves
            day = days_later(movements[-1].recorded_at.date(), self.draws.between(1, 5))
            self._change(self.draws.working_time(day), "final", "", {"IsCompletelyDelivered": True})


def _signed(movement: Movement) -> Decimal:
    return movement.quantity if movement.kind == "101" else -movement.quantity
