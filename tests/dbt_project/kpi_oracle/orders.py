"""Purchase orders, their lines and schedule lines as histories; receipts as movements of the quantity received."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tests.dbt_project.kpi_oracle.observed import (
    History,
    Row,
    Seen,
    contents,
    histories,
    instant_of,
    known,
    number,
    plain,
)

ITEMS, SCHEDULES, MOVEMENTS = "_PurchaseOrderItem", "_PurchaseOrderScheduleLineTP", "to_MaterialDocumentItem"
Key = tuple[str, ...]  # connection, order[, line[, schedule line]]


@dataclass(frozen=True)
class Orders:
    """Everything that was seen of purchase orders.

    ``named``: for each order, at each change of the header the keys of lines and schedule lines that it names.
    """

    headers: dict[Key, History]
    lines: dict[Key, History]
    schedule_lines: dict[Key, History]
    named: dict[Key, list[tuple[datetime, frozenset[Key]]]]

    def dropped_at(self, key: Key) -> datetime | None:
        """When the newest header stopped naming a line or schedule line; None while it does."""
        since = None
        for changed_at, names in reversed(self.named[key[:2]]):
            if key in names:
                break
            since = changed_at
        return since


@lru_cache(maxsize=2)
def orders(readings: Seen) -> Orders:
    """The histories of all orders that the readings saw."""
    headers, lines, schedule_lines = [], [], []
    named: dict[Key, list[tuple[datetime, frozenset[Key]]]] = {}
    for reading in readings:
        for connection, header in reading.of("purchase_order"):
            changed_at = header["LastChangeDateTime"]
            order = (connection, number(header["PurchaseOrder"]))
            headers.append((reading.at, changed_at, order, contents(header, "LastChangeDateTime")))
            names: set[Any] = set()
            for line, schedule in _parts(header):
                key = (*order, number(line["PurchaseOrderItem"]))
                if schedule is None:
                    lines.append((reading.at, changed_at, key, contents(line)))
                else:
                    key = (*key, number(schedule["ScheduleLine"]))
                    schedule_lines.append((reading.at, changed_at, key, contents(schedule)))
                names.add(key)
            named.setdefault(order, []).append((changed_at, frozenset(names)))
    known_headers = histories(headers, ("PurchaseOrderDate",))
    needed = ("OrderQuantity", "NetPriceAmount", "NetPriceQuantity", "UnderdelivTolrtdLmtRatioInPct")
    return Orders(
        known_headers,
        # of an order whose header nobody could ever read nothing is known
        {key: line for key, line in histories(lines, needed).items() if known_headers[key[:2]].newest},
        histories(
            schedule_lines, ("ScheduleLineDeliveryDate", "SchedLineStscDeliveryDate", "ScheduleLineOrderQuantity")
        ),
        named,
    )


def _parts(header: Row) -> Iterator[tuple[Row, Row | None]]:
    for line in header[ITEMS]:
        yield line, None
        for schedule in line[SCHEDULES]:
            yield line, schedule


@dataclass
class Movement:
    """What one item of a material document changed in the quantity received.

    ``quantity``: signed; 0 for a reversed receipt and for what reversed it. ``base_factor``: base units in one unit of
    entry by the ERP's own conversion at the posting.
    """

    line: Key
    kind: str
    quantity: Decimal
    unit: str | None
    base_factor: Decimal | None
    base_unit: str | None
    material: str | None
    plant: str | None
    posted: date
    recorded_at: datetime
    document: Key
    reverses: Key | None

    @property
    def place(self) -> tuple[Any, ...]:
        """Its place among the movements of a line: as posted, then as entered."""
        return (self.posted, self.recorded_at, self.document)


def _confirmations(readings: Seen) -> dict[Key, History]:
    seen = []
    for reading in readings:
        for connection, row in reading.of("supplier_confirmation"):
            names = ("PurchaseOrder", "PurchaseOrderItem", "SequentialNmbrOfSuplrConf")
            told_at = instant_of(known(row["CreationDate"]), row["CreationTime"])
            seen.append((reading.at, told_at, (connection, *(number(row[name]) for name in names)), contents(row)))
    return histories(seen, ("DeliveryDate", "ConfirmedQuantity"))


def first_confirmed(readings: Seen) -> dict[Key, datetime]:
    """When a vendor first confirmed an order line."""
    first: dict[Key, datetime] = {}
    for key, history in _confirmations(readings).items():
        for version in history.readable:
            if version.content["SupplierConfirmationCategory"] == "AB" and version.content["DeliveryDate"]:
                first[key[:3]] = min(first.get(key[:3], version.changed_at), version.changed_at)
    return first


def confirmations(readings: Seen) -> dict[Key, list[date]]:
    """The dates that vendors confirmed for an order line, one for each round: that of its last part."""
    rounds: dict[Key, dict[datetime, date]] = {}
    for key, history in _confirmations(readings).items():
        if history.newest is not None and history.newest.content["SupplierConfirmationCategory"] == "AB":
            own, told_at = rounds.setdefault(key[:3], {}), history.newest.changed_at
            day = history.newest.content["DeliveryDate"]
            own[told_at] = max(own.get(told_at, day), day)
    return {key: [day for _, day in sorted(own.items())] for key, own in rounds.items()}


@lru_cache(maxsize=2)
def movements(readings: Seen) -> list[Movement]:
    """Receipts (101), reversals (102) and returns to the vendor (122), reversals already taken from what they name."""
    found = _documents(readings)
    receipts = {movement.document: movement for movement, _ in found if movement.kind == "101"}
    for movement, is_cancelled in found:
        # a reversal that names its receipt, known or not, is no movement of its own
        if movement.kind == "102" and (is_cancelled or movement.reverses is not None):
            if not is_cancelled and movement.reverses in receipts:
                named = receipts[movement.reverses]
                named.quantity = max(named.quantity + movement.quantity, Decimal(0))
            movement.quantity = Decimal(0)
    for movement, is_cancelled in found:
        if is_cancelled:
            movement.quantity = Decimal(0)
    return [movement for movement, _ in found]


def _documents(readings: Seen) -> list[tuple[Movement, bool]]:
    headers, items = [], []
    for reading in readings:
        for connection, header in reading.of("material_document"):
            document = (connection, number(header["MaterialDocumentYear"]), number(header["MaterialDocument"]))
            recorded_at = instant_of(known(header["CreationDate"]), header["CreationTime"])
            headers.append((reading.at, recorded_at, document, contents(header)))
            for item in header[MOVEMENTS]:
                key = (*document, number(item["MaterialDocumentItem"]))
                items.append((reading.at, recorded_at, key, contents(item)))
    known_headers = histories(headers, ("PostingDate", "CreationDate"))
    found = []
    for key, history in histories(items, ("QuantityInEntryUnit",)).items():
        item, header_of = history.newest, known_headers[key[:3]].newest
        if item is None or header_of is None:
            continue
        row, header = item.content, header_of.content
        sign = {"101": 1, "102": -1, "122": -1}.get(row["GoodsMovementType"])
        if sign is None or not number(row["PurchaseOrder"]):
            continue
        named = number(row.get("ReversedMaterialDocument"))
        # without a year or an item it means those of its own
        year = number(row.get("ReversedMaterialDocumentYear")) or key[1]
        place = number(row.get("ReversedMaterialDocumentItem")) or key[3]
        movement = Movement(
            line=(key[0], number(row["PurchaseOrder"]) or "", number(row["PurchaseOrderItem"]) or ""),
            kind=row["GoodsMovementType"],
            quantity=sign * row["QuantityInEntryUnit"],
            unit=plain(row["EntryUnit"]),
            base_factor=_base_factor(row),
            base_unit=plain(row.get("MaterialBaseUnit")),
            material=number(row.get("Material")),
            plant=plain(row.get("Plant")),
            posted=header["PostingDate"],
            recorded_at=instant_of(header["CreationDate"], header["CreationTime"]),
            document=key,
            reverses=(key[0], year, named, place) if named else None,
        )
        found.append((movement, bool(row.get("GoodsMovementIsCancelled"))))
    return found


def _base_factor(row: Row) -> Decimal | None:
    entered, base = known(row["QuantityInEntryUnit"]), known(row.get("QuantityInBaseUnit"))
    return base / entered if entered and base is not None else None
