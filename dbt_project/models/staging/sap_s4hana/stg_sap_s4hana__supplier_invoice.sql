{{ staged_versions(
    system='sap_s4hana',
    entity='supplier_invoice',
    key=['invoice', 'fiscal_year'],
    columns=[
        ['invoice', 'SupplierInvoice', 'number'],
        ['fiscal_year', 'FiscalYear', 'text'],
        ['company_code', 'CompanyCode', 'text'],
        ['document_date', 'DocumentDate', 'date'],
        ['posting_date', 'PostingDate', 'date'],
        ['created_date', 'CreationDate', 'date'],
        ['vendor_number', 'InvoicingParty', 'number'],
        ['currency', 'DocumentCurrency', 'text'],
        ['gross_amount', 'InvoiceGrossAmount', 'decimal(16,3)'],
        ['is_credit_memo', 'SupplierInvoiceIsCreditMemo', 'text'],
        ['reverse_document', 'ReverseDocument', 'number'],
        ['reverse_fiscal_year', 'ReverseDocumentFiscalYear', 'text'],
    ],
    has_children=true
) }}
