"""Invoices and exchange rates."""

from sandbox.faces.entity import Entity, Kind, decimal, of_kind, text

SUPPLIER_INVOICE_ITEM = Entity(
    name="supplier_invoice_item",
    wire_name="A_SuplrInvcItemPurOrdRef",
    keys=("SupplierInvoice", "FiscalYear", "SupplierInvoiceItem"),
    fields=(
        *text("SupplierInvoice", "FiscalYear", "SupplierInvoiceItem", "PurchaseOrder", "PurchaseOrderItem", "Plant"),
        decimal("SupplierInvoiceItemAmount", 3),
        decimal("QuantityInPurchaseOrderUnit", 3),
        *text("PurchaseOrderQuantityUnit", "IsSubsequentDebitCredit"),
    ),
)

SUPPLIER_INVOICE = Entity(
    name="supplier_invoice",
    wire_name="A_SupplierInvoice",
    keys=("SupplierInvoice", "FiscalYear"),
    fields=(
        *text("SupplierInvoice", "FiscalYear", "CompanyCode"),
        *of_kind(Kind.DATE, "DocumentDate", "PostingDate", "CreationDate"),
        *text("InvoicingParty", "DocumentCurrency"),
        decimal("InvoiceGrossAmount", 3),
        *text("SupplierInvoiceIsCreditMemo", "ReverseDocument", "ReverseDocumentFiscalYear"),
    ),
    children={"to_SuplrInvcItemPurOrdRef": SUPPLIER_INVOICE_ITEM},
)

EXCHANGE_RATE = Entity(
    name="exchange_rate",
    wire_name="ZFI_ExchangeRate",
    keys=("ExchangeRateType", "SourceCurrency", "TargetCurrency", "ValidityStartDate"),
    fields=(
        *text("ExchangeRateType", "SourceCurrency", "TargetCurrency"),
        *of_kind(Kind.DATE, "ValidityStartDate"),
        decimal("ExchangeRate", 5),
        decimal("NumberOfSourceCurrencyUnits", 0),
        decimal("NumberOfTargetCurrencyUnits", 0),
    ),
)
