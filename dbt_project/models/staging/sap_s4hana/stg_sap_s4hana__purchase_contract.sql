{{ staged_versions(
    system='sap_s4hana',
    entity='purchase_contract',
    key=['contract'],
    columns=[
        ['contract', 'PurchaseContract', 'number'],
        ['contract_type', 'PurchaseContractType', 'text'],
        ['vendor_number', 'Supplier', 'number'],
        ['company_code', 'CompanyCode', 'text'],
        ['purchasing_organization', 'PurchasingOrganization', 'text'],
        ['currency', 'DocumentCurrency', 'text'],
        ['valid_from', 'ValidityStartDate', 'date'],
        ['valid_to', 'ValidityEndDate', 'date'],
        ['created_date', 'CreationDate', 'date'],
    ],
    has_children=true
) }}
