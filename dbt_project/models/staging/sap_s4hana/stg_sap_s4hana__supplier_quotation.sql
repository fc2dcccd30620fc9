{{ staged_versions(
    system='sap_s4hana',
    entity='supplier_quotation',
    key=['quotation'],
    columns=[
        ['quotation', 'SupplierQuotation', 'number'],
        ['rfq', 'RequestForQuotation', 'number'],
        ['vendor_number', 'Supplier', 'number'],
        ['submitted_date', 'QuotationSubmissionDate', 'date'],
        ['created_date', 'CreationDate', 'date'],
    ]
) }}
