"""The truth of a simulated world: what was visible when, every promise ever made, and which vendors really slipped.

Tests and benchmarks compare landed rows, marts and alerts with it. The product never sees it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.source import Row, check_entity
from sandbox.world import World
from sandbox.world.episodes import Episode
from sandbox.world.history import Document, visible
from sandbox.world.purchase_orders import Promise, ScheduleLineKey
from sandbox.world.stories import Stories

CHILDREN = {
    # entity: by navigation property of its children, the name under which they land
    "purchase_order": {"_PurchaseOrderItem": "purchase_order_item"},
    "purchase_order_item": {"_PurchaseOrderScheduleLineTP": "purchase_order_schedule_line"},
    "material_document": {"to_MaterialDocumentItem": "material_document_item"},
    "supplier_invoice": {"to_SuplrInvcItemPurOrdRef": "supplier_invoice_item"},
    "purchase_contract": {"to_PurchaseContractItem": "purchase_contract_item"},
    "info_record": {"to_PurgInfoRecdOrgPlantData": "info_record_price"},
    "product": {
        "to_Description": "product_description",
        "to_ProductUnitsOfMeasure": "product_unit",
        "to_Valuation": "product_valuation",
    },
    "request_for_quotation": {"to_RequestForQuotationBidder": "request_for_quotation_bidder"},
}


def rows_at(world: World, entity: str, instant: datetime) -> list[Row]:
    """The rows of `entity` that an extract at `instant` (UTC) could see, ordered by key, children nested."""
    check_entity(entity)
    return visible(world.truth.documents[entity], instant)


def flatten(entity: str, rows: Sequence[Row]) -> dict[str, list[dict[str, Any]]]:
    """Give nested rows as they land: one list per landed entity, parents before children, without nesting."""
    children = CHILDREN.get(entity, {})
    flat = {entity: [{name: value for name, value in row.items() if name not in children} for row in rows]}
    for navigation, child in children.items():
        flat |= flatten(child, [kid for row in rows for kid in row[navigation]])
    return flat


def landed_rows_at(world: World, entity: str, instant: datetime) -> dict[str, list[dict[str, Any]]]:
    """`rows_at` as it lands: one list per landed entity."""
    return flatten(entity, rows_at(world, entity, instant))


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a document, and the instant (UTC) from which it could be seen."""

    key: tuple[str, ...]
    since: datetime
    row: Row


def versions(world: World, entity: str, after: datetime, until: datetime) -> list[Version]:
    """Every state that came up after one instant and not after another, by document and time; an end is no state.

    A daily extract sees the last of these per document and day, not all of them.
    """
    check_entity(entity)
    return [
        Version(document.key, since, row)
        for document in world.truth.documents[entity]
        for since, row in zip(document.instants, document.states, strict=True)
        if after < since <= until and row is not None
    ]


def history(world: World, entity: str, key: tuple[str, ...]) -> Document:
    """All states of one document; `KeyError` if the world has none with this key."""
    check_entity(entity)
    for document in world.truth.documents[entity]:
        if document.key == key:
            return document
    raise KeyError(f"The world has no {entity} {'/'.join(key)}.")


def promise_history(world: World) -> Mapping[ScheduleLineKey, tuple[Promise, ...]]:
    """Every promise of every schedule line that will ever exist, oldest first, including what lies in the future."""
    return world.truth.promises


def promises_at(world: World, instant: datetime) -> dict[ScheduleLineKey, tuple[Promise, ...]]:
    """The promises that could be read up to `instant`, oldest first."""
    made = {
        key: tuple(promise for promise in promises if promise.visible_from <= instant)
        for key, promises in world.truth.promises.items()
    }
    return {key: promises for key, promises in made.items() if promises}


def episodes(world: World) -> Sequence[Episode]:
    """The labelled slip episodes of all times."""
    return world.truth.episodes


def stories(world: World) -> Stories:
    """The two vendors with whom something worked, and the numbers that their records give."""
    return world.truth.stories


def received_at(world: World, instant: datetime) -> dict[tuple[str, str], list[tuple[date, Decimal]]]:
    """Net receipts per order and item (numbers as the order service writes them) that were booked by `instant`.

    (posting day, signed quantity in the base unit, which all are ordered in), by posting day: 101 adds, 102 and 122
    take away.
    """
    found: dict[tuple[str, str], list[tuple[date, Decimal]]] = {}
    for document in rows_at(world, "material_document", instant):
        for item in document["to_MaterialDocumentItem"]:
            sign = 1 if item["GoodsMovementType"] == "101" else -1
            key = (item["PurchaseOrder"], item["PurchaseOrderItem"].zfill(5))
            found.setdefault(key, []).append((document["PostingDate"], sign * item["QuantityInBaseUnit"]))
    return {key: sorted(movements) for key, movements in found.items()}
