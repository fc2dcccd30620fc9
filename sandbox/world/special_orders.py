"""Orders not bought or received like the others: consignment, drop shipments, services, frameworks, odd units.

They have numbers of their own range, so that the other orders keep theirs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.draws import Draws, Stream, days_later, midnight, working_day
from sandbox.world.episodes import PRESENT_KINDS, Episode
from sandbox.world.fates import VendorMood
from sandbox.world.orders import FIRST_LINE, ONE, Change, Order
from sandbox.world.products import pack_size
from sandbox.world.receipts import Movement, make_booking
from sandbox.world.vendors import Material, Vendor

FIRST_NUMBER = 4700000001
SPECIAL_DOCUMENTS = 5100000001
"""First number of their material documents."""
ITEM = "00010"
NO_MATERIAL = Material("", "", "SERV", "EA", ONE, 1, Decimal(0), Decimal(0))
SERVICES = ("Calibration of instruments", "Cleaning of the warehouse", "Validation support", "Pallet transport")


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is special about a kind: item fields, whether goods come to us, whether they come in packs."""

    fields: Mapping[str, Any]
    is_received: bool = False
    in_packs: bool = False


_NOT_RECEIVED = {"GoodsReceiptIsExpected": False}
PLANS = {
    "consignment": _Plan({"PurchaseOrderItemCategory": "2", "NetPriceAmount": Decimal(0)}, is_received=True),
    "third_party": _Plan({"PurchaseOrderItemCategory": "5", **_NOT_RECEIVED}),
    "service": _Plan({"PurchaseOrderItemCategory": "9", **_NOT_RECEIVED}),
    "framework": _Plan({"PurchaseOrderItemCategory": "1", **_NOT_RECEIVED}),
    "pack_receipt": _Plan({}, is_received=True, in_packs=True),
    "price_unit": _Plan({}, is_received=True),
}
"""Categories as SAP numbers them: 1 limit, 2 consignment, 5 third party, 9 service. Consignment goods stay the vendor's
until they are used, so their order has no price."""


def make_special_orders(
    seed: int, vendors: Sequence[Vendor], episodes: Sequence[Episode], size: float = 1.0
) -> list[Order]:
    """Make them, in the order in which they are created; vendors of a present episode have none."""
    present = {kind for kind, *_ in PRESENT_KINDS}
    told = {episode.vendor for episode in episodes if episode.kind in present}
    pool = [vendor for vendor in vendors[3:70] if vendor.number not in told]
    orders: list[Order] = []
    for turn, (kind, count) in enumerate(p.SPECIAL_ORDERS.items()):
        draws = Draws(seed, Stream.SPECIAL_ORDERS, turn)
        orders.extend(_orders(draws, kind, max(round(count * size), 5), pool, episodes))
    return sorted(orders, key=lambda order: (order.created_at, order.vendor.number if order.vendor else ""))


def special_order_numbers(orders: Sequence[Order]) -> list[str]:
    """The numbers of the orders, ascending in the order of their creation."""
    return [str(FIRST_NUMBER + place) for place in range(len(orders))]


def _orders(
    draws: Draws, kind: str, count: int, pool: Sequence[Vendor], episodes: Sequence[Episode]
) -> Iterator[Order]:
    needs_pieces = kind in ("pack_receipt", "price_unit")
    suited = [vendor for vendor in pool if not needs_pieces or _in_pieces(vendor)]
    for _ in range(count):
        vendor = draws.pick(suited)
        order = Order(vendor, draws.working_time(draws.working_day(_day(draws))))
        lead = 365 if kind == "framework" else draws.between(14, 90)
        due = working_day(days_later(order.ordered_on, lead))
        material = draws.pick(_in_pieces(vendor) if needs_pieces else vendor.materials)
        quantity = (
            Decimal(pack_size(material) * draws.between(4, 200)) if needs_pieces else Decimal(draws.between(5, 900))
        )
        if kind in ("service", "framework"):
            material, quantity = NO_MATERIAL, Decimal(draws.between(1, 40) if kind == "service" else 1)
        _place(draws, kind, order, material, quantity, due)
        if PLANS[kind].is_received:
            fate_of = partial(VendorMood(vendor, episodes).fate, draws, order.ordered_on)
            _receive(draws, order, material, quantity, fate_of(due).arrives_on, PLANS[kind])
        yield order


def _day(draws: Draws) -> date:
    return days_later(p.HISTORY_START, draws.between(0, p.ALL_DAYS - 8))


def _in_pieces(vendor: Vendor) -> list[Material]:
    return [material for material in vendor.materials if material.unit == "EA"]


def _place(draws: Draws, kind: str, order: Order, material: Material, quantity: Decimal, due: date) -> None:
    text = draws.pick(SERVICES) if material is NO_MATERIAL else material.text
    price = Decimal(draws.between(20, 900)) if material is NO_MATERIAL else material.price
    values = {
        "PurchasingDocumentDeletionCode": "",
        "Plant": order.plant,
        "Material": material.number,
        "PurchaseOrderItemText": f"Framework: {text.lower()}" if kind == "framework" else text,
        "MaterialGroup": material.group,
        "OrderQuantity": quantity,
        "PurchaseOrderQuantityUnit": material.unit,
        "NetPriceAmount": price * 100 if kind == "framework" else price,
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
        "IsReturnsItem": False,
        "UnderdelivTolrtdLmtRatioInPct": material.under_tolerance,
        "OverdelivTolrtdLmtRatioInPct": material.over_tolerance,
        "PlannedDeliveryDurationInDays": Decimal((due - order.ordered_on).days),
        **PLANS[kind].fields,
    }
    if kind == "price_unit":
        values |= _priced_by_the_pack(material)
    header = {"PurchaseOrderType": "FO"} if kind == "framework" else {}
    line = {
        "ScheduleLineDeliveryDate": due,
        "SchedLineStscDeliveryDate": due,
        "ScheduleLineOrderQuantity": quantity,
        "PurchaseOrderQuantityUnit": material.unit,
    }
    order.changes += [
        Change(order.created_at, "ordered", "", "", header),
        Change(order.created_at, "ordered", ITEM, "", values),
        Change(order.created_at, "ordered", ITEM, FIRST_LINE, line),
    ]


def _priced_by_the_pack(material: Material) -> dict[str, Any]:
    """Ordered in pieces, priced in packs: quantity in the price's unit = quantity * numerator / denominator."""
    pack = pack_size(material)
    return {
        "OrderPriceUnit": "PAK",
        "OrderPriceUnitToOrderUnitNmrtr": ONE,
        "OrdPriceUnitToOrderUnitDnmntr": Decimal(pack),
        "NetPriceAmount": (material.price * pack / material.price_unit).quantize(Decimal("0.01")),
        "NetPriceQuantity": ONE,
    }


def _receive(draws: Draws, order: Order, material: Material, quantity: Decimal, arrives_on: date, plan: _Plan) -> None:
    booking = make_booking(draws)
    pack = pack_size(material) if plan.in_packs else 1
    parts = [quantity]
    if draws.chance(p.PARTIAL) and quantity >= 4 * pack:
        first = quantity // (3 * pack) * pack
        parts = [first, quantity - first]
    for place, part in enumerate(reversed(parts)):
        day = max(days_later(arrives_on, -7 * place), days_later(order.ordered_on, 1))
        at = midnight(day) + timedelta(days=booking.lag_days, seconds=booking.second_of_day)
        order.movements.append(Movement(ITEM, material, "101", part, day, at, entry_pack=pack))
