"""Reader of the SCMS delivery history and its translation into SAP documents.

The file (`SCMS_Delivery_History_Dataset.csv`, public, US agency) has one line per delivered order line. Its traps:

- three spellings of a date, two of them in one column: `M/D/YY`, `MM/DD/YYYY` and `DD-Mon-YY`;
- sentences where a date should be ("Date Not Captured", "N/A - From RDC");
- a byte order mark, and sentences in the freight and weight cells (which no SAP document here carries).

What the file lacks is `None` for dates and numbers and empty text for codes; nothing is made up. See
`docs/sandbox-world.md` for the table of fields.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path
from typing import Any, TextIO

from sandbox.replay.errors import ReplayFileError

FILE_NAME = "SCMS_Delivery_History_Dataset.csv"

WAREHOUSE_PLANT = "RDC"
"""The plant that supplies the lines which the file calls "From RDC" (regional distribution centre)."""

_NO_DATE: Mapping[str, frozenset[str]] = {
    "PO Sent to Vendor Date": frozenset({"Date Not Captured", "N/A - From RDC"}),
    "Scheduled Delivery Date": frozenset(),
    "Delivered to Client Date": frozenset(),
    "Delivery Recorded Date": frozenset(),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_FIRST = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{2}|\d{4})")
_MONTH_NAME = re.compile(r"(?P<day>\d{2})-(?P<month>[A-Z][a-z]{2})-(?P<year>\d{2})")

_NUMBERS = ("Line Item Quantity", "Line Item Value")
_TEXTS = ("ID", "PO / SO #", "ASN/DN #", "Fulfill Via", "Vendor", "Product Group", "Item Description")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file, its cells read."""

    line_id: int
    order: str
    delivery: str
    is_from_warehouse: bool
    vendor: str
    product_group: str
    description: str
    ordered_on: date | None
    scheduled_on: date | None
    delivered_on: date | None
    recorded_on: date | None
    packs: Decimal
    value_usd: Decimal


def read_date(text: str, no_date: frozenset[str] = frozenset()) -> date | None:
    """Read one of the file's three spellings of a date; a text in `no_date` is `None`, any other a `ValueError`.

    With slashes the month always comes first; two-digit years are in this century (the file spans 2006 to 2015).
    """
    if text in no_date:
        return None
    if found := _MONTH_FIRST.fullmatch(text):
        month = int(found["month"])
    elif found := _MONTH_NAME.fullmatch(text):
        month = _MONTHS.index(found["month"]) + 1
    else:
        raise ValueError(f"{text!r} is not a date as M/D/YY, MM/DD/YYYY or DD-Mon-YY")
    year = int(found["year"])
    return date(year if year >= 100 else 2000 + year, month, int(found["day"]))


def read_lines(folder: Path) -> list[Line]:
    """Read the whole file in `folder`, ordered by ID; `ReplayFileError` names file, line, column and value."""
    path = folder / FILE_NAME
    if not path.is_file():
        raise ReplayFileError(
            f"{path} is missing: download the SCMS Delivery History Dataset (USAID open data) into that folder."
        )
    with path.open(encoding="utf-8-sig", newline="") as text:
        return parse_lines(text)


def parse_lines(text: TextIO | TextIOWrapper | Iterable[str]) -> list[Line]:
    """Read the lines of an open file (without byte order mark), ordered by ID."""
    reader = csv.DictReader(text)
    missing = [name for name in (*_TEXTS, *_NO_DATE, *_NUMBERS) if name not in (reader.fieldnames or ())]
    if missing:
        raise ReplayFileError(f"{FILE_NAME} has no column {missing[0]!r}: it is not the SCMS delivery history.")
    lines = list(_cells(reader))
    lines.sort(key=lambda line: line.line_id)
    for earlier, later in pairwise(lines):
        if earlier.line_id == later.line_id:
            raise ReplayFileError(f"{FILE_NAME} holds ID {later.line_id} twice: its lines cannot be numbered.")
    return lines


def _cells(reader: csv.DictReader) -> Iterator[Line]:
    for row in reader:
        column = "ID"
        try:
            line_id = int(row[column])
            dates = {}
            for column, no_date in _NO_DATE.items():
                dates[column] = read_date(row[column], no_date)
            numbers = {}
            for column in _NUMBERS:
                numbers[column] = _read_number(row[column])
            column = "Fulfill Via"
            is_from_warehouse = {"Direct Drop": False, "From RDC": True}[row[column]]
        except (ValueError, KeyError, InvalidOperation) as problem:
            raise ReplayFileError(
                f"{FILE_NAME}, line {reader.line_num}, column {column!r}: cannot read {row[column]!r} ({problem}); "
                "teach sandbox/replay/scms.py this spelling or mend the file."
            ) from problem
        yield Line(
            line_id=line_id,
            order=row["PO / SO #"],
            delivery=row["ASN/DN #"],
            is_from_warehouse=is_from_warehouse,
            vendor=row["Vendor"],
            product_group=row["Product Group"],
            description=row["Item Description"],
            ordered_on=dates["PO Sent to Vendor Date"],
            scheduled_on=dates["Scheduled Delivery Date"],
            delivered_on=dates["Delivered to Client Date"],
            recorded_on=dates["Delivery Recorded Date"],
            packs=numbers["Line Item Quantity"],
            value_usd=numbers["Line Item Value"],
        )


def _read_number(text: str) -> Decimal:
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise ValueError("not a plain number")
    return Decimal(text)


def supplier_codes(lines: Iterable[Line]) -> dict[str, str]:
    """Give every vendor of a direct-drop line a code: its place among the sorted distinct names, from "1"."""
    names = sorted({line.vendor for line in lines if not line.is_from_warehouse})
    return {name: str(place) for place, name in enumerate(names, start=1)}


def suppliers(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Give the supplier master records, names unchanged, numbers padded to ten as the supplier service does."""
    return [
        {
            "Supplier": code.zfill(10),
            "SupplierName": name,
            "SupplierAccountGroup": "",
            "CreationDate": None,
            "DeletionIndicator": False,
            "PurchasingIsBlocked": False,
            "PostingIsBlocked": False,
        }
        for name, code in supplier_codes(lines).items()
    ]


def _numbered(lines: Iterable[Line]) -> Iterator[tuple[Line, str]]:
    """Pair every line with its item number: 10, 20, ... within its order, in the file's order."""
    count: dict[str, int] = {}
    for line in lines:
        count[line.order] = count.get(line.order, 0) + 10
        yield line, str(count[line.order])


def purchase_orders(lines: Iterable[Line], changed_at: datetime) -> list[dict[str, Any]]:
    """Give the lines as purchase orders, all last changed at `changed_at`: the file keeps no change times."""
    lines = list(lines)
    codes = supplier_codes(lines)
    orders: dict[str, dict[str, Any]] = {}
    for line, item in _numbered(lines):
        if line.order not in orders:
            orders[line.order] = {
                "PurchaseOrder": line.order,
                "PurchaseOrderType": "UB" if line.is_from_warehouse else "NB",
                "PurchaseOrderDeletionCode": "",
                "CompanyCode": "",
                "PurchasingOrganization": "",
                "PurchasingGroup": "",
                "Supplier": "" if line.is_from_warehouse else codes[line.vendor],
                "SupplyingPlant": WAREHOUSE_PLANT if line.is_from_warehouse else "",
                "PurchaseOrderDate": line.ordered_on,
                "CreationDate": None,
                "LastChangeDateTime": changed_at,
                "DocumentCurrency": "USD",
                "_PurchaseOrderItem": [],
            }
        orders[line.order]["_PurchaseOrderItem"].append(
            {
                "PurchaseOrder": line.order,
                "PurchaseOrderItem": item,
                "PurchasingDocumentDeletionCode": "",
                "Plant": "",
                "Material": "",
                "PurchaseOrderItemText": line.description,
                "MaterialGroup": line.product_group,
                "OrderQuantity": line.packs,
                "PurchaseOrderQuantityUnit": "PAK",
                # Value per the line's packs: the pack price is rounded, and 0 on a line that has a value.
                "NetPriceAmount": line.value_usd,
                "NetPriceQuantity": line.packs,
                "OrderPriceUnit": "PAK",
                "OrderPriceUnitToOrderUnitNmrtr": Decimal(1),
                "OrdPriceUnitToOrderUnitDnmntr": Decimal(1),
                "PurchaseOrderItemCategory": "",
                "GoodsReceiptIsExpected": True,
                "PurchaseContract": "",
                "PurchaseContractItem": "",
                "SupplierConfirmationControlKey": "",
                "IsCompletelyDelivered": False,
                "IsReturnsItem": False,
                "UnderdelivTolrtdLmtRatioInPct": None,
                "OverdelivTolrtdLmtRatioInPct": None,
                "PlannedDeliveryDurationInDays": None,
                "_PurchaseOrderScheduleLineTP": [
                    {
                        "PurchaseOrder": line.order,
                        "PurchaseOrderItem": item,
                        "ScheduleLine": "1",
                        "ScheduleLineDeliveryDate": line.scheduled_on,
                        "SchedLineStscDeliveryDate": None,
                        "ScheduleLineOrderQuantity": line.packs,
                        "PurchaseOrderQuantityUnit": "PAK",
                    }
                ],
            }
        )
    return [orders[number] for number in sorted(orders)]


def material_documents(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Give the deliveries as goods receipts: one document per delivery number, year of the delivery.

    `PostingDate` is the day of delivery, `CreationDate` the day on which it was recorded; the time of day is
    midnight, SAP's initial value, because the file has none.
    """
    lines = list(lines)
    codes = supplier_codes(lines)
    documents: dict[tuple[str, str], dict[str, Any]] = {}
    for line, order_item in _numbered(lines):
        if line.delivered_on is None or line.recorded_on is None:
            raise ReplayFileError(
                f"{FILE_NAME}, ID {line.line_id}: a line without a delivery date cannot be a receipt."
            )
        key = (str(line.delivered_on.year), line.delivery)
        document = documents.setdefault(
            key,
            {
                "MaterialDocumentYear": key[0],
                "MaterialDocument": key[1],
                "DocumentDate": None,
                "PostingDate": line.delivered_on,
                "CreationDate": line.recorded_on,
                "CreationTime": "00:00:00",
                "to_MaterialDocumentItem": [],
            },
        )
        if (document["PostingDate"], document["CreationDate"]) != (line.delivered_on, line.recorded_on):
            raise ReplayFileError(
                f"{FILE_NAME}, ID {line.line_id}: delivery {line.delivery} has two dates; one document holds one."
            )
        items = document["to_MaterialDocumentItem"]
        items.append(
            {
                "MaterialDocumentYear": key[0],
                "MaterialDocument": key[1],
                "MaterialDocumentItem": str(len(items) + 1),
                "Material": "",
                "Plant": "",
                "Supplier": "" if line.is_from_warehouse else codes[line.vendor],
                "PurchaseOrder": line.order,
                "PurchaseOrderItem": order_item,
                "GoodsMovementType": "101",
                "QuantityInEntryUnit": line.packs,
                "EntryUnit": "PAK",
                "QuantityInBaseUnit": line.packs,
                "MaterialBaseUnit": "PAK",
                "GoodsMovementIsCancelled": False,
                "ReversedMaterialDocumentYear": "",
                "ReversedMaterialDocument": "",
                "ReversedMaterialDocumentItem": "",
            }
        )
    return [documents[key] for key in sorted(documents)]
