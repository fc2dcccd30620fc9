"""Stock by material and plant: free, in inspection, blocked, and what still belongs to the vendor."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from sandbox.world import parameters as p
from sandbox.world.draws import Draws, Stream, days_later, midnight
from sandbox.world.history import Document
from sandbox.world.invoices import CONSIGNMENT
from sandbox.world.material_documents import Booked, Ledger
from sandbox.world.orders import Order
from sandbox.world.quality import Lot
from sandbox.world.receipts import THOUSANDTH, Movement
from sandbox.world.vendors import Material

FREE, IN_INSPECTION, BLOCKED = "01", "02", "07"
WEEKS_OF_A_QUARTER = 13

_Place = tuple[str, str]
"""Stock type, special stock type."""
_FREE, _INSPECTED, _BLOCKED = ((kind, "") for kind in (FREE, IN_INSPECTION, BLOCKED))
_CONSIGNED = (FREE, "K")


@dataclass(slots=True)
class _Pile:
    """All stock of one material in one plant: what comes and goes, before its use."""

    material: Material
    plant: str
    vendor: str
    flows: list[tuple[datetime, _Place, Decimal]] = field(default_factory=list)


def make_material_stock(seed: int, ledgers: Iterable[Ledger], lots: Sequence[Lot]) -> list[Document]:
    """The stock of every material that was ever received, each place a document that ends when nothing is left.

    Goods of an inspected material lie in inspection until the decision; what was rejected is blocked for some weeks.
    """
    draws = Draws(seed, Stream.STOCK)
    inspected = {id(lot.receipt.movement): lot for lot in lots}
    piles: dict[tuple[str, str], _Pile] = {}
    for ledger in ledgers:
        for booked in ledger.bookings:
            for movement in booked.movements:
                key = movement.material.number, booked.order.plant
                vendor = booked.order.vendor.number if booked.order.vendor else ""
                pile = piles.setdefault(key, _Pile(movement.material, booked.order.plant, vendor))
                pile.flows.extend(_flows(draws, booked, movement, inspected))
    documents = [document for _, pile in sorted(piles.items()) for document in _documents(draws, pile)]
    return sorted(documents, key=lambda document: document.key)


def _flows(
    draws: Draws, booked: Booked, movement: Movement, inspected: Mapping[int, Lot]
) -> Iterator[tuple[datetime, _Place, Decimal]]:
    at, quantity = booked.recorded_at, movement.quantity
    lot = inspected.get(id(movement))
    free = _CONSIGNED if _is_consigned(booked.order) else _FREE
    if movement.kind != "101":
        yield at, free, -quantity
    elif lot is None:
        yield at, free, quantity
    else:
        decision = lot.decision
        yield at, _INSPECTED, quantity
        yield decision.at, _INSPECTED, -quantity
        yield decision.at, free, quantity - decision.blocked
        if decision.blocked:
            yield decision.at, _BLOCKED, decision.blocked
            gone_on = days_later(decision.at.date(), draws.between(*p.BLOCKED_DAYS))
            yield draws.working_second(gone_on), _BLOCKED, -decision.blocked


def _is_consigned(order: Order) -> bool:
    return any((change.values or {}).get("PurchaseOrderItemCategory") == CONSIGNMENT for change in order.changes)


def _documents(draws: Draws, pile: _Pile) -> Iterator[Document]:
    """Use takes from the free stock of both owners, the vendor's first, and never more than there is."""
    flows = sorted(pile.flows, key=lambda flow: flow[0])
    total = sum((quantity for _, place, quantity in flows if place in (_FREE, _CONSIGNED)), Decimal(0))
    weekly = float(total) * 7 / p.ALL_DAYS
    levels: dict[_Place, Decimal] = {_FREE: _whole(pile, weekly * draws.within(*p.OPENING_WEEKS))}
    opened_at = midnight(p.HISTORY_START)
    history: dict[_Place, list[tuple[datetime, Decimal]]] = {_FREE: [(opened_at, levels[_FREE])]}
    position = 0
    for used_at, weeks in _uses(draws):
        while position < len(flows) and flows[position][0] <= used_at:
            at, place, quantity = flows[position]
            position += 1
            # what went back or was reversed may have been used already
            levels[place] = max(levels.get(place, Decimal(0)) + quantity, Decimal(0))
            history.setdefault(place, []).append((at, levels[place]))
        wanted = _whole(pile, weekly * weeks * draws.within(*p.USE_SPREAD))
        for place in (_CONSIGNED, _FREE):
            taken = min(wanted, levels.get(place, Decimal(0)))
            if taken > 0:
                levels[place] -= taken
                wanted -= taken
                history[place].append((used_at, levels[place]))
    for place, states in history.items():
        yield _document(pile, place, states)


def _uses(draws: Draws) -> Iterator[tuple[datetime, int]]:
    """When goods are taken out, and for how many weeks; the last one, for none, is after the end of the world."""
    weekday, hour = draws.between(0, 4), draws.between(6, 16)
    day = days_later(p.HISTORY_START, (weekday - p.HISTORY_START.weekday()) % 7)
    while day <= p.LAST_DAY:
        weeks = 1 if _is_recent(day) else WEEKS_OF_A_QUARTER
        yield midnight(day) + timedelta(hours=hour, seconds=draws.between(0, 3599)), weeks
        day = days_later(day, 7 * weeks)
    yield midnight(days_later(p.LAST_DAY, 1000)), 0


def _is_recent(day: date) -> bool:
    return day >= p.WEEKLY_STOCK_FROM


def _whole(pile: _Pile, quantity: float) -> Decimal:
    if pile.material.unit in ("KG", "L"):
        return Decimal(f"{quantity:.3f}").quantize(THOUSANDTH)
    return Decimal(round(quantity))


def _document(pile: _Pile, place: _Place, levels: Sequence[tuple[datetime, Decimal]]) -> Document:
    kind, special = place
    key = {
        "Material": pile.material.number,
        "Plant": pile.plant,
        "StorageLocation": "0001",
        "Batch": "",
        "Supplier": pile.vendor if special else "",
        "Customer": "",
        "WBSElementInternalID": "",
        "SDDocument": "",
        "SDDocumentItem": "",
        "InventorySpecialStockType": special,
        "InventoryStockType": kind,
    }
    base = {**key, "MaterialBaseUnit": pile.material.unit}
    # of several levels at one instant the last one stands; a level that does not change is no state
    newest = dict(levels)
    instants: list[datetime] = []
    states: list[dict[str, object] | None] = []
    for at, quantity in newest.items():
        row = {**base, "MatlWrhsStkQtyInMatlBaseUnit": quantity} if quantity else None
        if not states or row != states[-1]:
            instants.append(at)
            states.append(row)
    return Document(tuple(key.values()), tuple(instants), tuple(states))
