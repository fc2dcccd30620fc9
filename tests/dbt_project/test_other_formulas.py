"""The on-time formulas of ERPNext and Odoo beside ours, over the same landed orders; each case is a vendor of its own.

The formulas are read from their sources: ERPNext's supplier scorecard variables (on-time shipments, total shipments)
and Odoo's ``on_time_rate`` of a vendor. Why they differ stands in ``docs/kpi-decisions.md``.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

AS_OF = datetime(2026, 7, 1, 18, tzinfo=UTC)
FIRST_READING = datetime(2026, 6, 1, 18, tzinfo=UTC)
JUNE = date(2026, 6, 1)
DUE = date(2026, 6, 15)
ORDERED = date(2026, 5, 4)


def line(*receipts: tuple[int, int] | tuple[int, int, str], quantity: int = 100, **more: Any) -> dict[str, Any]:
    """An order line due on 15 June with receipts of (day of June, quantity, movement type)."""
    return {"receipts": receipts, "quantity": quantity, "due": DUE, **more}


# case: lines, and answers in percent: ERPNext, Odoo, ours against the first and the latest promise (None: no answer)
CASES = {
    "in full and in time": ([line((14, 100)), line((15, 100))], 100, 100, 100, 100),
    "in two deliveries, both in time": ([line((10, 50), (14, 50))], 0, 100, 100, 100),
    "half in time, half late": ([line((10, 50), (20, 50))], 0, 50, 0, 0),
    "one of two never came": ([line((14, 100)), line()], 50, 100, 50, 50),
    "nothing came": ([line()], 0, None, 0, 0),
    "the date was pushed to the delivery": ([line((25, 100), pushed_to=date(2026, 6, 25))], 100, 100, 0, 100),
    "one piece in time, ninety-nine late": ([line((14, 1), quantity=1), line((20, 99), quantity=99)], 50, 1, 50, 50),
    "one of two was cancelled": ([line((14, 100)), line(is_cancelled=True)], 50, 100, 100, 100),
    "too many": ([line((14, 120))], 0, 120, 100, 100),
    "five too few, which we tolerate": ([line((14, 95), tolerance=5)], 0, 95, 100, 100),
    "sent back and replaced late": ([line((14, 100), (16, 40, "122"), (20, 40))], 100, 100, 0, 0),
    "booked in error and reversed": ([line((14, 100, "reversed"), (20, 100))], 100, 100, 0, 0),
    "ordered, not yet due": ([line(due=date(2026, 7, 20))], 100, None, None, None),
}
VENDORS = {case: str(200000 + number) for number, case in enumerate(CASES)}

# What both read: the order line as it stands now, and the posted receipts and returns.
LINES = """
with newest as (
    select * from staging.stg_sap_s4hana__{entity}
    qualify row_number() over (partition by {key} order by _ordered_at desc) = 1
)
select * from newest
"""
FACTS = f"""
with orders as ({LINES.format(entity="purchase_order", key="purchase_order")}),
items as ({LINES.format(entity="purchase_order_item", key="purchase_order, purchase_order_line")}),
schedules as ({LINES.format(entity="purchase_order_schedule_line", key="purchase_order, purchase_order_line")}),
order_lines as (
    select
        orders.vendor_number, items.purchase_order, items.purchase_order_line, orders.order_date, items.deletion_code,
        items.ordered_quantity, schedules.delivery_date as date_planned
    from orders
    inner join items using (purchase_order)
    inner join schedules using (purchase_order, purchase_order_line)
),
receipt_lines as (
    select parts.purchase_order, parts.purchase_order_line, parts.quantity, headers.posting_date
    from staging.stg_sap_s4hana__material_document_item as parts
    inner join staging.stg_sap_s4hana__material_document as headers using (document_year, material_document)
    where parts.movement_type = '101'
)
"""
# A receipt line is on time if its own quantity is the ordered one and the schedule date is not passed; all lines due
# in the period count, those of cancelled orders too; a period without any scores 100.
ERPNEXT = (
    FACTS
    + """
select
    vendor_number,
    case
        when count(*) filter (where is_due) = 0 then 100.0
        else 100.0 * sum(on_time) filter (where is_due) / count(*) filter (where is_due)
    end as answer
from (
    select
        order_lines.vendor_number,
        date_planned between date '2026-06-01' and date '2026-06-30' as is_due,
        (
            select count(*) from receipt_lines
            where
                receipt_lines.purchase_order = order_lines.purchase_order
                and receipt_lines.purchase_order_line = order_lines.purchase_order_line
                and receipt_lines.posting_date <= order_lines.date_planned
                and receipt_lines.quantity = order_lines.ordered_quantity
        ) as on_time
    from order_lines
) as judged
group by vendor_number
"""
)
# Received quantity moved by the planned date over ordered quantity, of confirmed lines with something received in the
# last 365 days.
ODOO = (
    FACTS
    + """
select order_lines.vendor_number, 100.0 * sum(in_time) / sum(ordered_quantity) as answer
from order_lines
inner join (
    select
        order_lines.purchase_order,
        order_lines.purchase_order_line,
        sum(case when posting_date <= date_planned then quantity else 0 end) as in_time
    from order_lines
    inner join receipt_lines using (purchase_order, purchase_order_line)
    group by all
) as received using (purchase_order, purchase_order_line)
where deletion_code is distinct from 'L' and order_date > date '2026-07-01' - 365
group by vendor_number
"""
)
OURS = """
select
    split_part(vendor_key, ':', 2) as vendor_number,
    100 * otd_first_promise as first_promise,
    100 * otd_latest_promise as latest_promise
from marts.vendor_month
where month = date '2026-06-01'
"""


def order(case: str, lines: list[dict[str, Any]], *, is_first: bool) -> dict[str, Any]:
    return {
        "PurchaseOrder": VENDORS[case],
        "PurchaseOrderType": "NB",
        "Supplier": VENDORS[case],
        "PurchaseOrderDate": ORDERED,
        "DocumentCurrency": "EUR",
        "LastChangeDateTime": datetime(2026, 5, 4, 9, tzinfo=UTC) if is_first else datetime(2026, 6, 12, 9, tzinfo=UTC),
        "_PurchaseOrderItem": [
            {
                "PurchaseOrderItem": f"{place * 10:05d}",
                "PurchasingDocumentDeletionCode": "L" if part.get("is_cancelled") and not is_first else "",
                "OrderQuantity": Decimal(part["quantity"]),
                "PurchaseOrderQuantityUnit": "EA",
                "NetPriceAmount": Decimal(10),
                "NetPriceQuantity": Decimal(1),
                "UnderdelivTolrtdLmtRatioInPct": Decimal(part.get("tolerance", 0)),
                "_PurchaseOrderScheduleLineTP": [
                    {
                        "ScheduleLine": "0001",
                        "ScheduleLineDeliveryDate": part["due"] if is_first else part.get("pushed_to", part["due"]),
                        "ScheduleLineOrderQuantity": Decimal(part["quantity"]),
                        "PurchaseOrderQuantityUnit": "EA",
                    }
                ],
            }
            for place, part in enumerate(lines, start=1)
        ],
    }


def receipts(case: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def post(place: int, day: int, quantity: int, kind: str, reverses: str = "") -> str:
        document = f"{VENDORS[case]}{len(found):03d}"
        item = {
            "MaterialDocumentItem": "1",
            "PurchaseOrder": VENDORS[case],
            "PurchaseOrderItem": str(place * 10),
            "GoodsMovementType": kind,
            "QuantityInEntryUnit": Decimal(quantity),
            "EntryUnit": "EA",
            "ReversedMaterialDocument": reverses,
        }
        posted = date(2026, 6, day)
        header = {"MaterialDocumentYear": "2026", "MaterialDocument": document, "PostingDate": posted}
        found.append({**header, "CreationDate": posted, "CreationTime": "10:00:00", "to_MaterialDocumentItem": [item]})
        return document

    for place, part in enumerate(lines, start=1):
        for day, quantity, *kind in part["receipts"]:
            wanted = kind[0] if kind else "101"
            document = post(place, day, quantity, "101" if wanted == "reversed" else wanted)
            if wanted == "reversed":
                post(place, day + 1, quantity, "102", document)
    return found


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, warehouse_at: Any) -> dict[str, dict[str, Any]]:
    root: Path = tmp_path_factory.mktemp("formulas")
    warehouse = warehouse_at(root)
    vendors = [{"Supplier": number, "SupplierName": case} for case, number in VENDORS.items()]
    warehouse.land("sap_s4hana", "supplier", vendors, FIRST_READING, mode="full")
    for at, is_first in ((FIRST_READING, True), (AS_OF, False)):
        documents = [order(case, lines, is_first=is_first) for case, (lines, *_) in CASES.items()]
        warehouse.land_documents("sap_s4hana", "purchase_order", documents, at)
    posted = [document for case, (lines, *_) in CASES.items() for document in receipts(case, lines)]
    warehouse.land_documents("sap_s4hana", "material_document", posted, AS_OF)
    warehouse.build(AS_OF, "+vendor_month")
    return {
        "ERPNext": {row["vendor_number"]: row["answer"] for row in warehouse.rows(ERPNEXT)},
        "Odoo": {row["vendor_number"]: row["answer"] for row in warehouse.rows(ODOO)},
        "first": {row["vendor_number"]: row["first_promise"] for row in warehouse.rows(OURS)},
        "latest": {row["vendor_number"]: row["latest_promise"] for row in warehouse.rows(OURS)},
    }


@pytest.mark.parametrize("case", CASES)
def test_each_formula_gives_its_answer_on_the_same_orders(answers, case):
    _, *expected = CASES[case]
    found = [answers[system].get(VENDORS[case]) for system in ("ERPNext", "Odoo", "first", "latest")]
    assert found == pytest.approx(expected)


def test_every_case_is_explained_in_the_kpi_decisions():
    text = (Path(__file__).resolve().parents[2] / "docs" / "kpi-decisions.md").read_text()
    rows = {row.split("|")[1].strip(): row for row in text.splitlines() if row.startswith("| ")}
    for case, (_, *expected) in CASES.items():
        shown = [cell.strip() for cell in rows[case].split("|")[2:6]]
        assert shown == ["none" if answer is None else f"{answer} %" for answer in expected], case
