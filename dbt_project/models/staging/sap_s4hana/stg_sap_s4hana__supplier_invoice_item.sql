{{ staged_versions(
    system='sap_s4hana',
    entity='supplier_invoice_item',
    key=['invoice', 'fiscal_year', 'invoice_line'],
    columns=[
        ['invoice', 'SupplierInvoice', 'number'],
        ['fiscal_year', 'FiscalYear', 'text'],
        ['invoice_line', 'SupplierInvoiceItem', 'number'],
        ['purchase_order', 'PurchaseOrder', 'number'],
        ['purchase_order_line', 'PurchaseOrderItem', 'number'],
        ['plant', 'Plant', 'text'],
        ['amount', 'SupplierInvoiceItemAmount', 'decimal(16,3)'],
        ['quantity', 'QuantityInPurchaseOrderUnit', 'decimal(13,3)'],
        ['quantity_unit', 'PurchaseOrderQuantityUnit', 'text'],
        ['is_subsequent', 'IsSubsequentDebitCredit', 'text'],
    ]
) }}
