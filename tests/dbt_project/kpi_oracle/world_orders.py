"""Purchase orders that change, and receipts that come in parts, too late, too many, wrongly, or not at all."""

from copy import deepcopy
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.dbt_project.kpi_oracle.company import Document, State, instant
from tests.dbt_project.kpi_oracle.dice import READING_DAYS, Dice
from tests.dbt_project.kpi_oracle.observed import Unreadable
from tests.dbt_project.kpi_oracle.orders import ITEMS, MOVEMENTS, SCHEDULES

MESSES = (
    "promise_moves", "dates_go_back", "agreed_moves", "cancellations", "dropped_parts", "closed_short", "late_commits",
    "padded_keys", "partial_receipts", "over_deliveries", "returns", "reversals", "other_units",
    "late_booking", "zero_values", "repeated_lines", "no_vendor_performance", "split_schedules", "early_deliveries",
    "quantity_changes", "no_dates", "purchases_a_year_before", "frameworks", "long_orders", "confirmations",
    "other_confirmations", "item_categories", "goods_by_weight",
)  # fmt: skip
CURRENCIES = ("EUR", "EUR", "USD", "JPY", "GBP", "CHF")
MATERIALS = ("M77§01", "M77§02")
LAST_DAY = date(2026, 7, 1)
# the vendor's goods in our stock, goods to a client with or without a receipt, a service, and no receipt
CATEGORIES = (
    {"PurchaseOrderItemCategory": "2"},
    {"PurchaseOrderItemCategory": "5"},
    {"PurchaseOrderItemCategory": "5", "GoodsReceiptIsExpected": False},
    {"PurchaseOrderItemCategory": "9"},
    {"GoodsReceiptIsExpected": False},
)
LONG = 60  # lines enough for an interval of the time in which nine of ten have come


def documents(dice: Dice, vendors: tuple[str, ...], known: list[Document]) -> list[Document]:
    """Two to six orders and everything that was booked on them."""
    orders: list[Document] = []
    receipts: list[dict[str, Any]] = []
    for count in range(1, dice.between(2, 6) + 1):
        vendor = dice.one_of(vendors)
        # a purchase of the year before is what a plan compares with
        created = dice.day(-30, 105) - timedelta(days=365 if dice.happens("purchases_a_year_before") else 0)
        is_long = count == 1 and dice.happens("long_orders", 1)
        if is_long:
            # old enough that nearly all of it has come
            created = dice.day(-30, 0)
        first = _order(dice, f"77§{count:02d}", vendor, created, LONG if is_long else dice.between(1, 3))
        orders.append(Document("sap_s4hana", "purchase_order", _edited(dice, first, created)))
        for line in first[ITEMS]:
            receipts += _receipts(dice, first, line, created)
            orders += _confirmations(dice, first, line, created)
    return orders + [_numbered(receipt, f"77§{count:02d}", receipts) for count, receipt in enumerate(receipts, start=1)]


def base_unit_of(dice: Dice, material: str) -> str:
    """Pieces; of the last material kilograms where goods by weight are bought, two of which are in a piece."""
    return "KG" if "goods_by_weight" in dice.messes and material == MATERIALS[-1] else "EA"


def _order(dice: Dice, number: str, vendor: str, created: date, count: int) -> dict[str, Any]:
    lines = [_line(dice, place * 10, created) for place in range(1, count + 1)]
    if dice.happens("repeated_lines"):
        lines.append({**deepcopy(lines[0]), "PurchaseOrderItem": f"{len(lines) * 10 + 10:05d}"})
    order: dict[str, Any] = {
        "PurchaseOrder": number,
        "PurchaseOrderType": "FO" if dice.happens("frameworks", 4) else "NB",
        "PurchaseOrderDeletionCode": "",
        "Supplier": f"0000{vendor}" if dice.happens("padded_keys") else vendor,
        "PurchaseOrderDate": created,
        "CreationDate": created,
        "LastChangeDateTime": instant(created),
        "DocumentCurrency": dice.one_of(CURRENCIES),
        ITEMS: lines,
    }
    if dice.happens("no_vendor_performance", 3):
        kind = dice.one_of(("transport", "nobody", "returns"))
        if kind == "transport":
            order |= {"PurchaseOrderType": "UB", "Supplier": "", "SupplyingPlant": "1000"}
        elif kind == "nobody":
            order["Supplier"] = ""
        else:
            lines[0]["IsReturnsItem"] = True
    if dice.happens("item_categories"):
        dice.one_of(lines).update(dice.one_of(CATEGORIES))
    return order


def _line(dice: Dice, number: int, created: date) -> dict[str, Any]:
    due = dice.day(5, 45, after=created)
    schedules = [_schedule(dice, 1, due)]
    if dice.happens("split_schedules"):
        schedules.append(_schedule(dice, 2, dice.day(-10, 20, after=due)))
    return {
        "PurchaseOrderItem": f"{number:05d}",
        "PurchasingDocumentDeletionCode": "",
        "PurchaseOrderItemCategory": "",
        "GoodsReceiptIsExpected": True,
        "Plant": "1000",
        "Material": dice.one_of(MATERIALS),
        "PurchaseOrderItemText": "Bolts",
        "OrderQuantity": sum((schedule["ScheduleLineOrderQuantity"] for schedule in schedules), Decimal(0)),
        "PurchaseOrderQuantityUnit": "EA",
        "NetPriceAmount": Decimal(dice.one_of((0, 3)) if dice.happens("zero_values") else 40),
        "NetPriceQuantity": Decimal(dice.one_of((1, 100))),
        "IsCompletelyDelivered": False,
        "IsReturnsItem": False,
        "SupplierConfirmationControlKey": "0001" if "confirmations" in dice.messes and number % 20 else "",
        "UnderdelivTolrtdLmtRatioInPct": dice.one_of((None, Decimal(0), Decimal(5))),
        "OverdelivTolrtdLmtRatioInPct": Decimal(10),
        SCHEDULES: schedules,
    }


def _schedule(dice: Dice, number: int, due: date) -> dict[str, Any]:
    is_dateless = dice.happens("no_dates", 4)
    return {
        "ScheduleLine": f"{number:04d}",
        "ScheduleLineDeliveryDate": None if is_dateless else due,
        "SchedLineStscDeliveryDate": None if is_dateless or dice.between(1, 3) == 1 else due,
        "ScheduleLineOrderQuantity": Decimal(dice.one_of((0, 10) if dice.happens("zero_values", 3) else (10, 100))),
        "PurchaseOrderQuantityUnit": "EA",
    }


def _edited(dice: Dice, first: dict[str, Any], created: date) -> tuple[State, ...]:
    """The order as created, and after each edit of the buyer or the vendor."""
    states = [_state(dice, first, created)]
    days = {dice.day(1, 60, after=created) for _ in range(dice.between(0, 4))}
    if dice.happens("late_commits"):
        days.add(dice.one_of(READING_DAYS))
    for day in sorted(days):
        if created < day <= LAST_DAY:
            states.append(_state(dice, _edit(dice, states, day), day))
    return tuple(states)


def _state(dice: Dice, order: dict[str, Any], day: date) -> State:
    changed_at = instant(day, dice.one_of((5, 9)))
    visible_from = changed_at
    if dice.happens("late_commits"):
        changed_at, visible_from = instant(day, 17, 57), instant(day, 18, 3)
    return State(visible_from, {**order, "LastChangeDateTime": changed_at})


def _edit(dice: Dice, states: list[State], day: date) -> dict[str, Any]:
    order: dict[str, Any] = deepcopy(dict(states[-1].row))
    if dice.happens("dates_go_back", 4) and len(states) > 1:
        return deepcopy(dict(states[-2].row))
    if not order[ITEMS]:
        return order
    line = dice.one_of(order[ITEMS])
    if dice.happens("dropped_parts", 4):
        parts = line[SCHEDULES] if len(line[SCHEDULES]) > 1 else order[ITEMS]
        parts.remove(dice.one_of(parts))
        return order
    if dice.happens("cancellations", 4):
        part, name = dice.one_of(
            ((order, "PurchaseOrderDeletionCode"), (line, "PurchasingDocumentDeletionCode")),
        )
        part[name] = "" if part[name] else "L"
        return order
    if dice.happens("closed_short", 4):
        line["IsCompletelyDelivered"] = True
        return order
    if not line[SCHEDULES]:
        return order
    schedule = dice.one_of(line[SCHEDULES])
    if dice.happens("quantity_changes", 3):
        schedule["ScheduleLineOrderQuantity"] = Decimal(dice.one_of((0, 20, 50)))
    if dice.happens("promise_moves", 1) and isinstance(schedule["ScheduleLineDeliveryDate"], date):
        schedule["ScheduleLineDeliveryDate"] += timedelta(days=dice.between(-5, 20))
        if dice.happens("agreed_moves"):
            schedule["SchedLineStscDeliveryDate"] = schedule["ScheduleLineDeliveryDate"]
    if dice.happens("unreadable_values", 3):
        part, name = dice.one_of(
            (
                (schedule, "ScheduleLineDeliveryDate"),
                (schedule, "ScheduleLineOrderQuantity"),
                (line, "NetPriceAmount"),
                (order, "PurchaseOrderDate"),
            )
        )
        part[name] = Unreadable("00.00.0000")
    return order


def _confirmations(dice: Dice, order: dict[str, Any], line: dict[str, Any], created: date) -> list[Document]:
    """What the vendor confirmed for a line, in one or two rounds; a round may come in parts."""
    found: list[Document] = []
    day = created
    for _ in range(dice.between(0, 2) if "confirmations" in dice.messes else 0):
        day = dice.day(1, 25, after=day)
        for _part in range(dice.between(1, 2)):
            row = {
                "PurchaseOrder": order["PurchaseOrder"],
                "PurchaseOrderItem": line["PurchaseOrderItem"],
                "SequentialNmbrOfSuplrConf": f"{len(found) + 1:04d}",
                "SupplierConfirmationCategory": "LA" if dice.happens("other_confirmations", 4) else "AB",
                "DeliveryDate": dice.day(5, 40, after=created),
                "ConfirmedQuantity": line["OrderQuantity"],
                "CreationDate": day,
                "CreationTime": "10:15:00",
            }
            found.append(Document("sap_s4hana", "supplier_confirmation", (State(instant(day, 10, 15), row),)))
    return found


def _receipts(dice: Dice, order: dict[str, Any], line: dict[str, Any], created: date) -> list[dict[str, Any]]:
    """What was booked on a line, in the order of its posting."""
    due = next((part["ScheduleLineDeliveryDate"] for part in line[SCHEDULES]), None) or created
    quantity = line["OrderQuantity"]
    is_forgotten = dice.between(1, 5) == 1 and len(order[ITEMS]) < LONG
    if not quantity or is_forgotten:
        return []
    posted = dice.day(-10 if dice.happens("early_deliveries") else 0, 15, after=due)
    if len(order[ITEMS]) >= LONG:
        # all but the last line come plainly
        plain = _receipt(dice, order, line, "101", quantity, posted)
        return [] if line is order[ITEMS][-1] else [plain | {"first_of_line": plain}]
    shares = [Decimal(1)]
    if dice.happens("partial_receipts"):
        shares = dice.one_of(([Decimal("0.5"), Decimal("0.5")], [Decimal("0.6")], [Decimal("0.95")]))
    if dice.happens("over_deliveries"):
        shares = [*shares, Decimal("0.2")]
    found = []
    for share in shares:
        found.append(_receipt(dice, order, line, "101", quantity * share, posted))
        posted = dice.day(0, 8, after=posted)
    if dice.happens("other_units"):
        found.append({**_receipt(dice, order, line, "101", quantity, posted), "unit": "PAK"})
    if dice.happens("reversals"):
        part = dice.one_of((Decimal(1), Decimal("0.5")))
        named = None if dice.between(1, 4) == 1 else 0
        found.append(_receipt(dice, order, line, "102", found[0]["quantity"] * part, posted) | {"reverses": named})
        if named == 0 and part == 1:
            found[0]["cancelled_by"] = found[-1]
        if dice.between(0, 1):
            found.append(_receipt(dice, order, line, "101", quantity, dice.day(0, 5, after=posted)))
    if dice.happens("returns"):
        back = quantity * Decimal("0.4")
        found.append(_receipt(dice, order, line, "122", back, posted))
        if dice.between(0, 1):
            found.append(_receipt(dice, order, line, "101", back, dice.day(0, 9, after=posted)))
    for receipt in found:
        receipt["first_of_line"] = found[0]
    return found


def _receipt(
    dice: Dice, order: dict[str, Any], line: dict[str, Any], kind: str, quantity: Decimal, posted: date
) -> dict[str, Any]:
    recorded = dice.day(-1, 12, after=posted) if dice.happens("late_booking") else posted
    return {
        "kind": kind,
        "order": order["PurchaseOrder"],
        "line": line["PurchaseOrderItem"].lstrip("0"),
        "material": line["Material"],
        "base_unit": base_unit_of(dice, line["Material"]),
        "quantity": quantity,
        "unit": line["PurchaseOrderQuantityUnit"],
        "posted": posted,
        "recorded": recorded,
        "is_late_commit": dice.happens("late_commits", 3),
        # the flag on the receipt lands only with its reversal, so that one can be read
        "is_unreadable": kind != "102" and dice.happens("unreadable_values", 6),
        "reverses": None,
        "cancelled_by": None,
    }


def _numbered(receipt: dict[str, Any], number: str, receipts: list[dict[str, Any]]) -> Document:
    named = None
    if receipt["reverses"] is not None:
        named = f"77§{next(i for i, one in enumerate(receipts, start=1) if one is receipt['first_of_line']):02d}"
    item = {
        "MaterialDocumentItem": "1",
        "Material": receipt["material"],
        "PurchaseOrder": receipt["order"],
        "PurchaseOrderItem": receipt["line"],
        "GoodsMovementType": receipt["kind"],
        "QuantityInEntryUnit": Unreadable("ten") if receipt["is_unreadable"] else receipt["quantity"],
        "EntryUnit": receipt["unit"],
        # the conversion of that day, not today's of the material master
        "QuantityInBaseUnit": receipt["quantity"]
        * (12 if receipt["unit"] == "PAK" else 1)
        * (2 if receipt["base_unit"] == "KG" else 1),
        "MaterialBaseUnit": receipt["base_unit"],
        "GoodsMovementIsCancelled": False,
        "ReversedMaterialDocumentYear": "2026" if named else "",
        "ReversedMaterialDocument": named or "",
        "ReversedMaterialDocumentItem": "0001" if named else "",
    }
    header = {
        "MaterialDocumentYear": "2026",
        "MaterialDocument": number,
        "DocumentDate": receipt["posted"],
        "PostingDate": receipt["posted"],
        "CreationDate": receipt["recorded"],
        "CreationTime": "17:57:00" if receipt["is_late_commit"] else "09:30:00",
        MOVEMENTS: [item],
    }
    states = [State(_visible_from(receipt), header)]
    if receipt["cancelled_by"] is not None:
        flagged = {**header, MOVEMENTS: [{**item, "GoodsMovementIsCancelled": True}]}
        states.append(State(max(_visible_from(receipt["cancelled_by"]), states[0].visible_from), flagged))
    return Document("sap_s4hana", "material_document", tuple(states))


def _visible_from(receipt: dict[str, Any]) -> datetime:
    late = receipt["is_late_commit"]
    return instant(receipt["recorded"], 18, 3) if late else instant(receipt["recorded"], 9, 30)
