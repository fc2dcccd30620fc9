{{ staged_versions(
    system='sap_s4hana',
    entity='purchase_order',
    key=['purchase_order'],
    columns=[
        ['purchase_order', 'PurchaseOrder', 'number'],
        ['order_type', 'PurchaseOrderType', 'text'],
        ['deletion_code', 'PurchaseOrderDeletionCode', 'text'],
        ['company_code', 'CompanyCode', 'text'],
        ['purchasing_organization', 'PurchasingOrganization', 'text'],
        ['purchasing_group', 'PurchasingGroup', 'text'],
        ['vendor_number', 'Supplier', 'number'],
        ['supplying_plant', 'SupplyingPlant', 'text'],
        ['order_date', 'PurchaseOrderDate', 'date'],
        ['created_date', 'CreationDate', 'date'],
        ['currency', 'DocumentCurrency', 'text'],
    ],
    has_children=true
) }}
