"""Each trap of the SCMS file, on small samples."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.replay import ReplayFileError, scms

HEADER = (
    "ID,PO / SO #,ASN/DN #,Fulfill Via,Vendor,Product Group,Item Description,PO Sent to Vendor Date,"
    "Scheduled Delivery Date,Delivered to Client Date,Delivery Recorded Date,Line Item Quantity,Line Item Value,"
    "Pack Price,Weight (Kilograms),Freight Cost (USD)"
)
CHANGED_AT = datetime(2017, 6, 30, 6, tzinfo=UTC)
reproducible = settings(deadline=None, derandomize=True)

IN_THIS_CENTURY = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def line(
    line_id=1,
    order="SCMS-4",
    delivery="ASN-8",
    via="Direct Drop",
    vendor="Alder Labs",
    sent="11/13/06",
    scheduled="02-Jan-07",
    delivered="02-Jan-07",
    recorded="05-Jan-07",
    packs="19",
    value="551.5",
    price="29.03",
):
    return (
        f'{line_id},{order},{delivery},{via},{vendor},HRDT,"Test kit, 30 tests",{sent},{scheduled},{delivered},'
        f"{recorded},{packs},{value},{price},Weight Captured Separately,See DN-304 (ID#:10589)"
    )


def parse(*lines):
    return scms.parse_lines([HEADER, *lines])


@reproducible
@given(IN_THIS_CENTURY)
def test_every_known_spelling_of_a_date_is_read(day):
    month = scms._MONTHS[day.month - 1]
    spellings = (
        f"{day.month}/{day.day}/{day:%y}",
        f"{day:%m/%d/%Y}",
        f"{day:%d}-{month}-{day:%y}",
    )
    assert [scms.read_date(text) for text in spellings] == [day] * 3


UNKNOWN = (
    "",
    "2006-11-13",
    "13.11.2006",
    "13/11/2006",
    "02-JUN-06",
    "2-Jun-06",
    "02-Xxx-06",
    "31-Feb-07",
    "Date unknown",
    " 1/2/06",
)


@pytest.mark.parametrize("text", UNKNOWN)
def test_an_unknown_spelling_of_a_date_is_refused(text):
    with pytest.raises(ValueError):
        scms.read_date(text)


def test_both_spellings_with_slashes_put_the_month_first():
    short, long = parse(line(1, sent="11/13/06"), line(2, sent="03/04/2007"))
    assert (short.ordered_on, long.ordered_on) == (date(2006, 11, 13), date(2007, 3, 4))


def test_dates_that_the_file_does_not_know_are_missing_and_not_made_up():
    not_captured, warehouse = parse(
        line(1, sent="Date Not Captured"), line(2, sent="N/A - From RDC", via="From RDC", order="SO-1", delivery="DN-1")
    )
    assert not_captured.ordered_on is None
    assert warehouse.ordered_on is None
    order = scms.purchase_orders([not_captured], CHANGED_AT)[0]
    assert order["PurchaseOrderDate"] is None
    assert order["CreationDate"] is None
    (item,) = order["_PurchaseOrderItem"]
    assert (item["Material"], item["Plant"], item["PlannedDeliveryDurationInDays"]) == ("", "", None)


def test_a_missing_date_is_only_accepted_where_the_file_has_it():
    with pytest.raises(ReplayFileError, match=r"line 2, column 'Delivered to Client Date': .*'Date Not Captured'"):
        parse(line(delivered="Date Not Captured"))


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"packs": "many"}, "Line Item Quantity"),
        ({"value": "1e5"}, "Line Item Value"),
        ({"value": "-3"}, "Line Item Value"),
        ({"sent": "yesterday"}, "PO Sent to Vendor Date"),
        ({"via": "By hand"}, "Fulfill Via"),
        ({"line_id": "x"}, "ID"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(change, column):
    with pytest.raises(ReplayFileError, match=rf"SCMS_Delivery_History_Dataset.csv, line 3, column '{column}'"):
        parse(line(7), line(**change))


def test_text_in_cells_that_no_document_carries_does_no_harm():
    assert len(parse(line())) == 1


def test_another_file_and_a_repeated_id_are_refused(tmp_path):
    with pytest.raises(ReplayFileError, match="no column 'ID'"):
        scms.parse_lines(["a,b", "1,2"])
    with pytest.raises(ReplayFileError, match="ID 5 twice"):
        parse(line(5), line(5))
    with pytest.raises(ReplayFileError, match="is missing: download"):
        scms.read_lines(tmp_path)


def test_the_byte_order_mark_is_not_part_of_the_first_column(tmp_path):
    (tmp_path / scms.FILE_NAME).write_text("\ufeff" + "\n".join([HEADER, line()]) + "\n", encoding="utf-8")
    assert [found.line_id for found in scms.read_lines(tmp_path)] == [1]


def test_lines_of_an_order_become_its_items_in_the_order_of_their_ids():
    lines = parse(line(9, value="9"), line(2, value="2"), line(4, order="SCMS-5", delivery="ASN-9"))
    orders = scms.purchase_orders(lines, CHANGED_AT)
    assert [order["PurchaseOrder"] for order in orders] == ["SCMS-4", "SCMS-5"]
    items = orders[0]["_PurchaseOrderItem"]
    assert [(item["PurchaseOrderItem"], item["NetPriceAmount"]) for item in items] == [("10", 2), ("20", 9)]
    assert all(len(item["_PurchaseOrderScheduleLineTP"]) == 1 for item in items)
    assert {item["_PurchaseOrderScheduleLineTP"][0]["ScheduleLine"] for item in items} == {"1"}


def test_repeated_lines_stay_two_items():
    orders = scms.purchase_orders(parse(line(1), line(2)), CHANGED_AT)
    first, second = orders[0]["_PurchaseOrderItem"]
    names = ("PurchaseOrderItem", "_PurchaseOrderScheduleLineTP")
    assert {k: v for k, v in first.items() if k not in names} == {k: v for k, v in second.items() if k not in names}


def test_the_schedule_is_the_promise_and_the_original_promise_is_unknown():
    order = scms.purchase_orders(parse(line()), CHANGED_AT)[0]
    (schedule,) = order["_PurchaseOrderItem"][0]["_PurchaseOrderScheduleLineTP"]
    assert schedule["ScheduleLineDeliveryDate"] == date(2007, 1, 2)
    assert schedule["SchedLineStscDeliveryDate"] is None
    assert order["PurchaseOrderDate"] == date(2006, 11, 13)
    assert order["LastChangeDateTime"] == CHANGED_AT
    assert order["DocumentCurrency"] == "USD"


def test_the_value_of_a_line_is_exact_even_where_the_pack_price_is_rounded_or_zero():
    (item,) = scms.purchase_orders(parse(line(packs="3", value="100.01", price="0")), CHANGED_AT)[0][
        "_PurchaseOrderItem"
    ]
    assert item["NetPriceAmount"] / item["NetPriceQuantity"] * item["OrderQuantity"] == pytest.approx(Decimal("100.01"))
    assert item["NetPriceAmount"] == Decimal("100.01")


def test_lines_from_the_warehouse_have_a_plant_and_no_supplier():
    lines = parse(
        line(1, via="From RDC", vendor="SCMS from RDC", sent="N/A - From RDC", order="SO-7", delivery="DN-7"), line(2)
    )
    direct, warehouse = scms.purchase_orders(lines, CHANGED_AT)
    assert (warehouse["PurchaseOrderType"], warehouse["Supplier"], warehouse["SupplyingPlant"]) == ("UB", "", "RDC")
    assert (direct["PurchaseOrderType"], direct["Supplier"], direct["SupplyingPlant"]) == ("NB", "1", "")
    assert [row["SupplierName"] for row in scms.suppliers(lines)] == ["Alder Labs"]
    assert {document["to_MaterialDocumentItem"][0]["Supplier"] for document in scms.material_documents(lines)} == {
        "",
        "1",
    }


@reproducible
@given(st.permutations(["Cipla", "Abbott", "ABBOTT", "abbott", "Zenith"]))
def test_supplier_codes_do_not_depend_on_the_order_of_lines_and_names_stay_as_they_are(names):
    codes = scms.supplier_codes(parse(*(line(place, vendor=name) for place, name in enumerate(names))))
    assert codes == {"ABBOTT": "1", "Abbott": "2", "Cipla": "3", "Zenith": "4", "abbott": "5"}


def test_a_delivery_becomes_a_receipt_posted_when_delivered_and_created_when_recorded():
    (document,) = scms.material_documents(parse(line(1), line(2, packs="7")))
    assert (document["MaterialDocumentYear"], document["MaterialDocument"]) == ("2007", "ASN-8")
    assert (document["PostingDate"], document["CreationDate"]) == (date(2007, 1, 2), date(2007, 1, 5))
    assert document["CreationTime"] == "00:00:00"
    assert document["DocumentDate"] is None
    items = document["to_MaterialDocumentItem"]
    assert [(i["PurchaseOrderItem"], i["QuantityInEntryUnit"]) for i in items] == [("10", 19), ("20", 7)]
    assert {item["GoodsMovementType"] for item in items} == {"101"}


def test_a_delivery_with_two_dates_is_refused():
    with pytest.raises(ReplayFileError, match="ASN-8 has two dates"):
        scms.material_documents(parse(line(1), line(2, recorded="06-Jan-07")))


def test_doubtful_lines_are_served_as_they_are():
    (found,) = parse(line(value="0", sent="02/03/2007", recorded="01-Jan-07"))
    assert found.delivered_on < found.ordered_on
    assert found.recorded_on < found.delivered_on
    assert found.value_usd == 0
    assert len(scms.purchase_orders([found], CHANGED_AT)) == len(scms.material_documents([found])) == 1
