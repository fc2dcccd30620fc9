{{ staged_versions(
    system='sap_s4hana',
    entity='supplier',
    key=['vendor_number'],
    columns=[
        ['vendor_number', 'Supplier', 'number'],
        ['vendor_name', 'SupplierName', 'text'],
        ['account_group', 'SupplierAccountGroup', 'text'],
        ['created_date', 'CreationDate', 'date'],
        ['is_marked_for_deletion', 'DeletionIndicator', 'boolean'],
        ['is_purchasing_blocked', 'PurchasingIsBlocked', 'boolean'],
        ['is_posting_blocked', 'PostingIsBlocked', 'boolean'],
    ]
) }}
