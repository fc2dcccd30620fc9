"""Contracts, confirmations, prices, rates, quotations and the orders that are special."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from sandbox import oracle
from sandbox.world import FIRST_NOW


@pytest.fixture
def lines(small_world):
    """(order, order line) of everything visible on the first day."""
    return [(order, item) for order in small_world.rows("purchase_order") for item in order["_PurchaseOrderItem"]]


def test_orders_name_contracts_of_their_vendor_that_are_valid_and_hold_their_material(small_world, lines):
    contracts = {row["PurchaseContract"]: row for row in small_world.rows("purchase_contract")}
    referring = [(order, item) for order, item in lines if item["PurchaseContract"]]
    assert 0.2 < len(referring) / len(lines) < 0.7
    for order, item in referring:
        contract = contracts[item["PurchaseContract"]]
        assert contract["Supplier"] == order["Supplier"]
        assert contract["ValidityStartDate"] <= order["PurchaseOrderDate"] <= contract["ValidityEndDate"]
        agreed = {line["PurchaseContractItem"]: line for line in contract["to_PurchaseContractItem"]}
        assert agreed[item["PurchaseContractItem"]]["Material"] == item["Material"]


def test_some_contracts_are_extended(small_world):
    documents = small_world.truth.documents["purchase_contract"]
    longer = [d for d in documents if d.states[-1]["ValidityEndDate"] > d.states[0]["ValidityEndDate"]]
    assert len(longer) > 20


def test_most_vendors_are_asked_to_confirm_most_do_and_some_promise_another_day(small_world, lines):
    confirmed = {}
    for row in small_world.rows("supplier_confirmation"):
        confirmed.setdefault((row["PurchaseOrder"], row["PurchaseOrderItem"]), []).append(row)
    asked = {
        (order["PurchaseOrder"], item["PurchaseOrderItem"]): item
        for order, item in lines
        if item["SupplierConfirmationControlKey"]
    }
    assert 0.5 < len(asked) / len(lines) < 0.9
    assert confirmed.keys() <= asked.keys()
    assert 0.8 < len(confirmed) / len(asked) < 0.97
    other = 0
    for key, rows in confirmed.items():
        wanted = {line["ScheduleLineDeliveryDate"] for line in asked[key]["_PurchaseOrderScheduleLineTP"]}
        other += any(row["DeliveryDate"] not in wanted for row in rows)
    assert 0.05 < other / len(confirmed) < 0.25


def test_a_new_confirmation_replaces_all_lines_of_the_item_under_new_numbers(small_world):
    items = {}
    for document in small_world.truth.documents["supplier_confirmation"]:
        items.setdefault(document.key[:2], []).append(document)
    again = {key: documents for key, documents in items.items() if any(d.states[-1] is None for d in documents)}
    assert len(again) > 100
    for documents in again.values():
        starts = sorted({document.instants[0] for document in documents})
        for document in documents:
            assert len(document.states) <= 2
            later = [start for start in starts if start > document.instants[0]]
            if later:
                assert document.states[-1] is None
                assert document.instants[1] == later[0]
        assert [document.key[2] for document in documents] == [f"{n:04d}" for n in range(1, len(documents) + 1)]


def test_a_vendor_confirms_its_own_push_at_once(small_world):
    shown = {}
    for document in small_world.truth.documents["supplier_confirmation"]:
        shown.setdefault(document.key[:2], {}).setdefault(document.instants[0], set()).add(
            document.states[0]["DeliveryDate"]
        )
    pushed = told = 0
    for (order, item, _), promises in oracle.promise_history(small_world).items():
        for _, promise in pairwise(promises):
            confirmations = shown.get((order, item), {})
            if promise.cause == "vendor" and confirmations and min(confirmations) < promise.since:
                pushed += 1
                told += promise.promised_on in confirmations.get(promise.since.replace(microsecond=0), ())
    assert pushed > 60
    assert told / pushed > 0.97


def test_prices_units_and_standard_prices_stand_by_the_material(small_world):
    products = small_world.rows("product")
    assert len(products) > 1_000
    suppliers = Counter(row["Material"] for row in small_world.rows("info_record"))
    assert {row["Product"] for row in products} == set(suppliers)
    for row in products:
        own = [unit for unit in row["to_ProductUnitsOfMeasure"] if unit["AlternativeUnit"] == row["BaseUnit"]]
        assert [(unit["QuantityNumerator"], unit["QuantityDenominator"]) for unit in own] == [(1, 1)]
        assert len(row["to_ProductUnitsOfMeasure"]) == 2
        (valuation,) = row["to_Valuation"]
        assert valuation["StandardPrice"] > 0
        assert valuation["Currency"] == "USD"
    assert 0.02 < sum(len(row["to_Description"]) > 1 for row in products) / len(products) < 0.6
    moved = [
        d
        for d in small_world.truth.documents["product"]
        if d.states[0]["to_Valuation"] != d.at(FIRST_NOW)["to_Valuation"]
    ]
    assert len(moved) > 1_000


def test_rates_are_direct_indirect_and_for_a_hundred_units(small_world):
    rates = {}
    for row in small_world.rows("exchange_rate"):
        rates.setdefault(row["SourceCurrency"], []).append(row)
    assert set(rates) == {"EUR", "GBP", "CHF", "JPY"}
    assert all(row["ExchangeRate"] < 0 for row in rates["CHF"])
    assert all(row["ExchangeRate"] > 0 for currency in ("EUR", "GBP", "JPY") for row in rates[currency])
    assert {row["NumberOfSourceCurrencyUnits"] for row in rates["JPY"]} == {Decimal(100)}
    for rows in rates.values():
        days = [row["ValidityStartDate"] for row in rows]
        assert days[0] == date(2023, 1, 1)
        assert days[-1] == date(2026, 6, 1)
        assert len(days) == len(set(days)) == 42


def test_vendors_answer_requests_at_their_own_speed_and_some_never(small_world):
    asked = {
        (request["RequestForQuotation"], bidder["Supplier"].lstrip("0")): request
        for request in small_world.rows("request_for_quotation")
        for bidder in request["to_RequestForQuotationBidder"]
    }
    answers = {(row["RequestForQuotation"], row["Supplier"]): row for row in small_world.rows("supplier_quotation")}
    assert answers.keys() <= asked.keys()
    assert 0.7 < len(answers) / len(asked) < 0.95
    days = sorted(
        (row["QuotationSubmissionDate"] - asked[key]["RFQPublishingDate"]).days for key, row in answers.items()
    )
    assert days[0] >= 1
    assert 4 <= days[len(days) // 2] <= 12
    assert days[-1] > 20
    assert sum(request["RFQPublishingDate"] is None for request in asked.values()) < 10


def test_special_orders_have_numbers_of_their_own(small_world, lines):
    special = [(order, item) for order, item in lines if order["PurchaseOrder"].startswith("47")]
    kinds = Counter(item["PurchaseOrderItemCategory"] for _, item in special)
    assert {"1", "2", "5", "9", ""} == set(kinds)
    assert all(item["PurchaseOrderItemCategory"] == "" for order, item in lines if (order, item) not in special)
    for order, item in special:
        category = item["PurchaseOrderItemCategory"]
        assert (order["PurchaseOrderType"] == "FO") == (category == "1")
        assert item["GoodsReceiptIsExpected"] == (category in ("", "2"))
    by_pack = [item for _, item in special if item["OrderPriceUnit"] != item["PurchaseOrderQuantityUnit"]]
    assert len(by_pack) >= 3
    assert all(item["OrdPriceUnitToOrderUnitDnmntr"] > 1 for item in by_pack)


def test_some_receipts_are_entered_in_packs_of_what_was_ordered_in_pieces(world):
    packs = {
        row["Product"]: unit["QuantityNumerator"]
        for row in world.rows("product")
        for unit in row["to_ProductUnitsOfMeasure"]
        if unit["AlternativeUnit"] == "PAK" and row["BaseUnit"] == "EA"
    }
    later = oracle.rows_at(world, "material_document", FIRST_NOW + timedelta(days=1))
    entered = [
        item
        for document in later
        for item in document["to_MaterialDocumentItem"]
        if item["EntryUnit"] != item["MaterialBaseUnit"]
    ]
    assert len(entered) > 30
    for item in entered:
        assert (item["EntryUnit"], item["MaterialBaseUnit"]) == ("PAK", "EA")
        assert item["QuantityInEntryUnit"] * packs[item["Material"]] == item["QuantityInBaseUnit"]
