{{ staged_versions(
    system='sap_s4hana',
    entity='request_for_quotation_bidder',
    key=['rfq', 'partner_counter'],
    columns=[
        ['rfq', 'RequestForQuotation', 'number'],
        ['partner_counter', 'PartnerCounter', 'number'],
        ['partner_function', 'PartnerFunction', 'text'],
        ['vendor_number', 'Supplier', 'number'],
    ]
) }}
