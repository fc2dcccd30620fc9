"""Invoices and exchange rates."""

from connectors.entity import Entity, date, decimal, string
from connectors.sap_s4hana.protocol import ODATA_V2

SUPPLIER_INVOICE_ITEM = Entity(
    name="supplier_invoice_item",
    source="to_SuplrInvcItemPurOrdRef",
    is_nested=True,
    key=("SupplierInvoice", "FiscalYear", "SupplierInvoiceItem"),
    fields=(
        string("SupplierInvoice"),
        string("FiscalYear"),
        string("SupplierInvoiceItem"),
        string("PurchaseOrder"),
        string("PurchaseOrderItem"),
        string("Plant"),
        decimal("SupplierInvoiceItemAmount", 16, 3),
        decimal("QuantityInPurchaseOrderUnit", 13, 3),
        string("PurchaseOrderQuantityUnit"),
        string("IsSubsequentDebitCredit"),  # X
    ),
)

SUPPLIER_INVOICE = Entity(
    name="supplier_invoice",
    source="/sap/opu/odata/sap/API_SUPPLIERINVOICE_PROCESS_SRV/A_SupplierInvoice",
    protocol=ODATA_V2,
    key=("SupplierInvoice", "FiscalYear"),
    changed_at=("CreationDate",),
    order=("CreationDate", "FiscalYear", "SupplierInvoice"),
    fields=(
        string("SupplierInvoice"),
        string("FiscalYear"),
        string("CompanyCode"),
        date("DocumentDate"),
        date("PostingDate"),
        date("CreationDate"),
        string("InvoicingParty"),
        string("DocumentCurrency"),
        decimal("InvoiceGrossAmount", 16, 3),
        string("SupplierInvoiceIsCreditMemo"),  # X
        string("ReverseDocument"),
        string("ReverseDocumentFiscalYear"),
    ),
    children=(SUPPLIER_INVOICE_ITEM,),
)

EXCHANGE_RATE = Entity(
    name="exchange_rate",
    source="/sap/opu/odata/sap/ZFI_EXCHANGERATE_CDS/ZFI_ExchangeRate",
    protocol=ODATA_V2,
    key=("ExchangeRateType", "SourceCurrency", "TargetCurrency", "ValidityStartDate"),
    fields=(
        string("ExchangeRateType"),
        string("SourceCurrency"),
        string("TargetCurrency"),
        date("ValidityStartDate"),
        decimal("ExchangeRate", 14, 5),  # negative: an indirect quotation, 1 / rate
        decimal("NumberOfSourceCurrencyUnits", 9, 0),
        decimal("NumberOfTargetCurrencyUnits", 9, 0),
    ),
)
