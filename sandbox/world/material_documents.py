"""Goods movements booked as material documents."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.world.history import Document
from sandbox.world.orders import Order
from sandbox.world.receipts import Movement

MovementKey = tuple[str, str, str]
"""Year, document, item."""


@dataclass(frozen=True, slots=True)
class Booked:
    """Movements of one order, day and booking instant: they share a document."""

    recorded_at: datetime
    order_number: str
    order: Order
    movements: Sequence[Movement]


@dataclass(frozen=True, slots=True)
class Ledger:
    """All bookings in time, the key of every movement and the instant at which it was taken back, by `id` of it."""

    bookings: Sequence[Booked]
    keys: dict[int, MovementKey]
    reversals: dict[int, datetime]


def book(orders: Sequence[Order], numbers: Sequence[str], first_number: int = 5000000001) -> Ledger:
    """Book all movements; document numbers ascend within a year in the order of booking."""
    bookings = sorted(_bookings(orders, numbers), key=lambda booked: (booked.recorded_at, booked.order_number))
    keys: dict[int, MovementKey] = {}
    reversals: dict[int, datetime] = {}
    count: dict[str, int] = {}
    for booked in bookings:
        year = str(booked.movements[0].posted_on.year)
        number = count.setdefault(year, first_number)
        count[year] += 1
        for place, movement in enumerate(booked.movements, start=1):
            keys[id(movement)] = (year, str(number), str(place))
            if movement.reverses:
                reversals[id(movement.reverses)] = booked.recorded_at
    return Ledger(bookings, keys, reversals)


def _bookings(orders: Sequence[Order], numbers: Sequence[str]) -> Iterable[Booked]:
    for order, number in zip(orders, numbers, strict=True):
        documents: dict[tuple[object, ...], list[Movement]] = {}
        for movement in order.movements:
            documents.setdefault((movement.recorded_at, movement.posted_on, movement.kind), []).append(movement)
        for movements in documents.values():
            yield Booked(movements[0].recorded_at, number, order, movements)


def make_material_documents(ledgers: Iterable[Ledger]) -> list[Document]:
    """The documents of all bookings.

    A reversed item is flagged as cancelled from the instant of its reversal: a change of an old document that its
    creation date does not show.
    """
    return sorted(_documents(ledgers), key=lambda document: document.key)


def _documents(ledgers: Iterable[Ledger]) -> Iterator[Document]:
    return (_document(booked, ledger) for ledger in ledgers for booked in ledger.bookings)


def _document(booked: Booked, ledger: Ledger) -> Document:
    recorded_at, movements, reversals = booked.recorded_at, booked.movements, ledger.reversals
    year, number, _ = ledger.keys[id(movements[0])]
    header = {
        "MaterialDocumentYear": year,
        "MaterialDocument": number,
        "DocumentDate": movements[0].posted_on,
        "PostingDate": movements[0].posted_on,
        "CreationDate": recorded_at.date(),
        "CreationTime": f"{recorded_at:%H:%M:%S}",
    }
    instants = sorted({recorded_at, *(reversals[id(m)] for m in movements if id(m) in reversals)})
    states = tuple(
        {**header, "to_MaterialDocumentItem": [_item(movement, booked, ledger, at) for movement in movements]}
        for at in instants
    )
    return Document((year, number), tuple(instants), states)


def _item(movement: Movement, booked: Booked, ledger: Ledger, at: datetime) -> dict[str, Any]:
    year, number, place = ledger.keys[id(movement)]
    reversed_key = ledger.keys[id(movement.reverses)] if movement.reverses else ("", "", "")
    in_packs = movement.entry_pack > 1
    return {
        "MaterialDocumentYear": year,
        "MaterialDocument": number,
        "MaterialDocumentItem": place,
        "Material": movement.material.number,
        "Plant": booked.order.plant,
        "Supplier": booked.order.vendor.number if booked.order.vendor else "",
        "PurchaseOrder": booked.order_number,
        # unpadded, as this service writes it; the order service pads to five digits
        "PurchaseOrderItem": movement.item.lstrip("0"),
        "GoodsMovementType": movement.kind,
        "QuantityInEntryUnit": movement.quantity / movement.entry_pack if in_packs else movement.quantity,
        "EntryUnit": "PAK" if in_packs else movement.material.unit,
        "QuantityInBaseUnit": movement.quantity,
        "MaterialBaseUnit": movement.material.unit,
        "GoodsMovementIsCancelled": id(movement) in ledger.reversals and ledger.reversals[id(movement)] <= at,
        "ReversedMaterialDocumentYear": reversed_key[0],
        "ReversedMaterialDocument": reversed_key[1],
        "ReversedMaterialDocumentItem": reversed_key[2],
    }
