{{ staged_versions(
    system='sap_s4hana',
    entity='request_for_quotation',
    key=['rfq'],
    columns=[
        ['rfq', 'RequestForQuotation', 'number'],
        ['title', 'RequestForQuotationName', 'text'],
        ['purchasing_organization', 'PurchasingOrganization', 'text'],
        ['published_date', 'RFQPublishingDate', 'date'],
        ['due_date', 'QuotationLatestSubmissionDate', 'date'],
        ['created_date', 'CreationDate', 'date'],
    ],
    has_children=true
) }}
