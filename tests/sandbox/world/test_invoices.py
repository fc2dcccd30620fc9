"""Invoices: they follow receipts at the order's price, but for what price variance is looked for."""

from collections import Counter
from decimal import Decimal

import pytest


@pytest.fixture
def invoices(small_world):
    found = small_world.rows("supplier_invoice")
    assert len(found) > 1_500
    return found


@pytest.fixture
def items(small_world):
    return {
        (order["PurchaseOrder"], item["PurchaseOrderItem"].lstrip("0")): (order, item)
        for order in small_world.rows("purchase_order")
        for item in order["_PurchaseOrderItem"]
    }


def plain_lines(invoices, items):
    """(invoice line, order, order line) of what is neither credited, reversed nor charged later."""
    for invoice in invoices:
        for line in invoice["to_SuplrInvcItemPurOrdRef"]:
            key = (line["PurchaseOrder"], line["PurchaseOrderItem"])
            is_other = invoice["SupplierInvoiceIsCreditMemo"] or invoice["ReverseDocument"]
            if key in items and not (is_other or line["IsSubsequentDebitCredit"]):
                yield line, invoice, *items[key]


def test_most_prices_are_those_of_the_order_some_differ_and_few_are_wrong_by_a_hundred(world):
    items = {
        (order["PurchaseOrder"], item["PurchaseOrderItem"].lstrip("0")): (order, item)
        for order in world.rows("purchase_order")
        for item in order["_PurchaseOrderItem"]
    }
    ratios = []
    for line, invoice, order, item in plain_lines(world.rows("supplier_invoice"), items):
        assert invoice["DocumentCurrency"] == order["DocumentCurrency"]
        assert invoice["InvoicingParty"] == order["Supplier"]
        priced = line["QuantityInPurchaseOrderUnit"] * item["OrderPriceUnitToOrderUnitNmrtr"]
        expected = priced / item["OrdPriceUnitToOrderUnitDnmntr"] * item["NetPriceAmount"] / item["NetPriceQuantity"]
        if expected > 100:
            ratios.append(line["SupplierInvoiceItemAmount"] / expected)
    assert len(ratios) > 10_000
    same = sum(abs(ratio - 1) < Decimal("0.001") for ratio in ratios) / len(ratios)
    assert 0.80 < same < 0.95
    assert 5 <= sum(Decimal(95) < ratio < Decimal(105) for ratio in ratios) < 100


def test_some_lines_are_invoiced_in_parts(invoices, items):
    parts = Counter((line["PurchaseOrder"], line["PurchaseOrderItem"]) for line, *_ in plain_lines(invoices, items))
    assert sum(count > 1 for count in parts.values()) > 50


def test_credit_memos_reversals_and_later_charges_occur(invoices):
    credits = [invoice for invoice in invoices if invoice["SupplierInvoiceIsCreditMemo"]]
    assert len(credits) > 20
    later = [line for invoice in invoices for line in invoice["to_SuplrInvcItemPurOrdRef"]]
    assert sum(line["IsSubsequentDebitCredit"] == "X" for line in later) > 5
    assert all(line["SupplierInvoiceItemAmount"] >= 0 for line in later)


def test_a_reversal_and_its_invoice_name_each_other(invoices):
    by_key = {(row["SupplierInvoice"], row["FiscalYear"]): row for row in invoices}
    reversals = [row for row in invoices if row["SupplierInvoiceIsCreditMemo"] and row["ReverseDocument"]]
    assert len(reversals) > 10
    for row in reversals:
        original = by_key[row["ReverseDocument"], row["ReverseDocumentFiscalYear"]]
        assert (original["ReverseDocument"], original["ReverseDocumentFiscalYear"]) == (
            row["SupplierInvoice"], row["FiscalYear"],
        )  # fmt: skip
        assert original["InvoiceGrossAmount"] == row["InvoiceGrossAmount"]
        assert original["CreationDate"] <= row["CreationDate"]


def test_the_old_invoice_changes_without_a_change_time(small_world):
    changed = [document for document in small_world.truth.documents["supplier_invoice"] if len(document.states) > 1]
    assert len(changed) > 10
    for document in changed:
        before, after = document.states
        different = {name for name in before if before[name] != after[name]}
        assert different == {"ReverseDocument", "ReverseDocumentFiscalYear"}


def test_services_and_drop_shipments_are_invoiced_without_a_receipt_and_consignment_is_not(world):
    kinds = {
        (order["PurchaseOrder"], item["PurchaseOrderItem"].lstrip("0")): item["PurchaseOrderItemCategory"]
        for order in world.rows("purchase_order")
        for item in order["_PurchaseOrderItem"]
        if item["PurchaseOrderItemCategory"]
    }
    invoiced = Counter(
        kinds[line["PurchaseOrder"], line["PurchaseOrderItem"]]
        for invoice in world.rows("supplier_invoice")
        for line in invoice["to_SuplrInvcItemPurOrdRef"]
        if (line["PurchaseOrder"], line["PurchaseOrderItem"]) in kinds
    )
    received = Counter(
        kinds[item["PurchaseOrder"], item["PurchaseOrderItem"]]
        for document in world.rows("material_document")
        for item in document["to_MaterialDocumentItem"]
        if (item["PurchaseOrder"], item["PurchaseOrderItem"]) in kinds
    )
    assert set(invoiced) == {"5", "9"}
    assert set(received) == {"2"}
    assert min(*invoiced.values(), received["2"]) > 20
