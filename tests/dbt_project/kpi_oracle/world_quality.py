"""Inspections of received goods and complaints about them: skipped, undecided, unknown, disputed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.dbt_project.kpi_oracle.company import Document, Row, State, instant
from tests.dbt_project.kpi_oracle.dice import Dice
from tests.dbt_project.kpi_oracle.observed import Unreadable
from tests.dbt_project.kpi_oracle.orders import ITEMS, MOVEMENTS

MESSES = (
    "skipped_lots", "unknown_defects", "undecided_lots", "withdrawn_complaints", "complaints_without_lot",
    "other_notifications", "completed_before_reported",
)  # fmt: skip


def documents(dice: Dice, vendors: tuple[str, ...], known: list[Document]) -> list[Document]:
    """A lot for some receipts, and complaints about lots and orders."""
    lines = {
        (order.states[0].row["PurchaseOrder"], line["PurchaseOrderItem"].lstrip("0")): (order.states[0].row, line)
        for order in known
        if order.entity == "purchase_order"
        for line in order.states[0].row[ITEMS]
    }
    found: list[Document] = []
    for document in known:
        if document.entity != "material_document" or dice.between(1, 3) == 1:
            continue
        header = document.states[0].row
        item = header[MOVEMENTS][0]
        order, line = lines[item["PurchaseOrder"], item["PurchaseOrderItem"]]
        if item["GoodsMovementType"] == "101" and not isinstance(item["QuantityInEntryUnit"], Unreadable):
            count = sum(1 for one in found if one.entity == "inspection_lot") + 1
            found += _lot(dice, f"77§{count:02d}", document, order, line)
    lots = [document.states[0].row for document in found if document.entity == "inspection_lot"]
    for count in range(1, dice.between(0, 4) + 1):
        found.append(_notification(dice, f"77§{count:02d}", lots, lines))
    return found


def _lot(dice: Dice, number: str, receipt: Document, order: Row, line: Row) -> list[Document]:
    header = receipt.states[0].row
    item = header[MOVEMENTS][0]
    created = header["CreationDate"]
    quantity = item["QuantityInEntryUnit"]
    is_skipped = dice.happens("skipped_lots", 3)
    lot: dict[str, Any] = {
        "InspectionLot": number,
        "InspectionLotType": "01",
        "Plant": line["Plant"],
        "Material": line["Material"],
        "Supplier": order["Supplier"],
        "PurchasingDocument": order["PurchaseOrder"],
        "PurchasingDocumentItem": line["PurchaseOrderItem"],
        "MaterialDocumentYear": header["MaterialDocumentYear"],
        "MaterialDocument": header["MaterialDocument"],
        "MaterialDocumentItem": "0001",
        "InspectionLotQuantity": quantity,
        "InspectionLotQuantityUnit": item["EntryUnit"],
        "InspectionLotSampleQuantity": Decimal(0) if is_skipped else Decimal(5),
        "InspectionLotDefectiveQuantity": None if is_skipped else Decimal(0),
        "InspectionLotCreatedOn": created,
        "ChangedDateTime": max(instant(created), receipt.states[0].visible_from),
    }
    states = [lot]
    if dice.happens("undecided_lots", 3):
        return [_versions("inspection_lot", "ChangedDateTime", states)]
    decided = lot["ChangedDateTime"] + timedelta(days=dice.between(0, 20))
    is_rejected = not is_skipped and dice.between(1, 2) == 1
    if is_rejected:
        share = Decimal(dice.one_of(("0.1", "0.5", "1")))
        bad = None if dice.happens("unknown_defects") else quantity * share
        states.append({**lot, "InspectionLotDefectiveQuantity": bad, "ChangedDateTime": decided})
    if dice.happens("unreadable_values", 6):
        later = states[-1]["ChangedDateTime"] + timedelta(days=3)
        states.append({**states[-1], "InspectionLotDefectiveQuantity": Unreadable("few"), "ChangedDateTime": later})
    decision = {
        "InspectionLot": f"0000{number}" if dice.happens("padded_keys") else number,
        "InspectionLotUsageDecisionCode": "R1" if is_rejected else "A1",
        "InspLotUsageDecisionValuation": "R" if is_rejected else "A",
        "InspectionLotQualityScore": Decimal(1 if is_rejected else 100),
        "InspectionLotUsageDecidedOn": decided.date(),
        "ChangedDateTime": decided,
    }
    return [
        _versions("inspection_lot", "ChangedDateTime", states),
        _versions("usage_decision", "ChangedDateTime", [decision]),
    ]


def _notification(dice: Dice, number: str, lots: list[Row], lines: dict[Any, tuple[Row, Row]]) -> Document:
    order, line = dice.one_of(list(lines.values()))
    about = None if not lots or dice.happens("complaints_without_lot") else dice.one_of(lots)
    reported = instant(dice.day(0, 118), dice.between(6, 17), 30)
    quantity = about["InspectionLotQuantity"] if about else Decimal(20)
    row: dict[str, Any] = {
        "QualityNotification": number,
        "NotificationType": "Q3" if dice.happens("other_notifications", 3) else "Q2",
        "Supplier": about["Supplier"] if about else order["Supplier"],
        "Material": about["Material"] if about else line["Material"],
        "Plant": "1000",
        "PurchasingDocument": about["PurchasingDocument"] if about else order["PurchaseOrder"],
        "PurchasingDocumentItem": about["PurchasingDocumentItem"] if about else line["PurchaseOrderItem"],
        "InspectionLot": about["InspectionLot"] if about else "",
        "NotificationPriority": "2",
        "NotificationReportingDate": reported.date(),
        "NotificationReportingTime": f"{reported:%H:%M:%S}",
        "NotificationCompletionDate": None,
        "NotificationCompletionTime": None,
        "ComplaintQuantity": quantity,
        "DefectiveQuantity": None if dice.happens("unknown_defects") else Decimal(3),
        "QuantityUnit": about["InspectionLotQuantityUnit"] if about else "EA",
        "DefectCodeGroup": "SURFACE",
        "IsMarkedForDeletion": False,
        "LastChangeDateTime": reported,
    }
    states = [row]
    if dice.between(1, 3) > 1:
        hours = -5 if dice.happens("completed_before_reported", 4) else dice.one_of((2, 23.5, 24, 24.5, 90))
        completed = reported + timedelta(hours=hours)
        done = {"NotificationCompletionDate": completed.date(), "NotificationCompletionTime": f"{completed:%H:%M:%S}"}
        states.append({**row, **done, "LastChangeDateTime": max(completed, reported + timedelta(hours=1))})
    if dice.happens("withdrawn_complaints", 3):
        later = states[-1]["LastChangeDateTime"] + timedelta(days=dice.between(1, 30))
        states.append({**states[-1], "IsMarkedForDeletion": True, "LastChangeDateTime": later})
    return _versions("quality_notification", "LastChangeDateTime", states)


def _versions(entity: str, clock: str, rows: list[dict[str, Any]]) -> Document:
    return Document("sap_s4hana", entity, tuple(State(row[clock], row) for row in rows))
