"""Goods movements booked as material documents."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sandbox.world.history import Document
from sandbox.world.orders import Order
from sandbox.world.receipts import Movement

_Booked = tuple[datetime, str, Order, list[Movement]]


def make_material_documents(orders: Sequence[Order], numbers: Sequence[str]) -> list[Document]:
    """Book all movements; numbers ascend within a year in the order of booking.

    Movements of one order, day and booking instant share a document. A reversed item is flagged as cancelled from the
    instant of its reversal: a change of an old document that its creation date does not show.
    """
    booked = sorted(_booked(orders, numbers), key=lambda entry: entry[:2])
    keys: dict[int, tuple[str, str, str]] = {}
    reversals: dict[int, datetime] = {}
    count: dict[str, int] = {}
    for recorded_at, _, _, movements in booked:
        year = str(movements[0].posted_on.year)
        count[year] = count.get(year, 0) + 1
        for place, movement in enumerate(movements, start=1):
            keys[id(movement)] = (year, str(5000000000 + count[year]), str(place))
            if movement.reverses:
                reversals[id(movement.reverses)] = recorded_at
    return sorted(
        (
            _document(recorded_at, order_number, order, movements, keys, reversals)
            for recorded_at, order_number, order, movements in booked
        ),
        key=lambda document: document.key,
    )


def _booked(orders: Sequence[Order], numbers: Sequence[str]) -> Iterable[_Booked]:
    for order, number in zip(orders, numbers, strict=True):
        documents: dict[tuple[object, ...], list[Movement]] = {}
        for movement in order.movements:
            documents.setdefault((movement.recorded_at, movement.posted_on, movement.kind), []).append(movement)
        for movements in documents.values():
            yield movements[0].recorded_at, number, order, movements


def _document(
    recorded_at: datetime,
    order_number: str,
    order: Order,
    movements: Sequence[Movement],
    keys: dict[int, tuple[str, str, str]],
    reversals: dict[int, datetime],
) -> Document:
    year, number, _ = keys[id(movements[0])]
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
        {**header, "to_MaterialDocumentItem": [_item(m, order_number, order, keys, reversals, at) for m in movements]}
        for at in instants
    )
    return Document((year, number), tuple(instants), states)


def _item(
    movement: Movement,
    order_number: str,
    order: Order,
    keys: dict[int, tuple[str, str, str]],
    reversals: dict[int, datetime],
    at: datetime,
) -> dict[str, Any]:
    year, number, place = keys[id(movement)]
    reversed_key = keys[id(movement.reverses)] if movement.reverses else ("", "", "")
    return {
        "MaterialDocumentYear": year,
        "MaterialDocument": number,
        "MaterialDocumentItem": place,
        "Material": movement.material.number,
        "Plant": order.plant,
        "Supplier": order.vendor.number if order.vendor else "",
        "PurchaseOrder": order_number,
        # unpadded, as this service writes it; the order service pads to five digits
        "PurchaseOrderItem": movement.item.lstrip("0"),
        "GoodsMovementType": movement.kind,
        "QuantityInEntryUnit": movement.quantity,
        "EntryUnit": movement.material.unit,
        "QuantityInBaseUnit": movement.quantity,
        "MaterialBaseUnit": movement.material.unit,
        "GoodsMovementIsCancelled": id(movement) in reversals and reversals[id(movement)] <= at,
        "ReversedMaterialDocumentYear": reversed_key[0],
        "ReversedMaterialDocument": reversed_key[1],
        "ReversedMaterialDocumentItem": reversed_key[2],
    }
