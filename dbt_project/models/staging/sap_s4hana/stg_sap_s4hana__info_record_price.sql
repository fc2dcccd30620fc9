{{ staged_versions(
    system='sap_s4hana',
    entity='info_record_price',
    key=['info_record', 'info_record_category', 'purchasing_organization', 'plant'],
    columns=[
        ['info_record', 'PurchasingInfoRecord', 'number'],
        ['info_record_category', 'PurchasingInfoRecordCategory', 'text'],
        ['purchasing_organization', 'PurchasingOrganization', 'text'],
        ['plant', 'Plant', 'code'],
        ['planned_delivery_days', 'MaterialPlannedDeliveryDurn', 'decimal(3,0)'],
        ['net_price', 'NetPriceAmount', 'decimal(13,3)'],
        ['price_unit_quantity', 'MaterialPriceUnitQty', 'decimal(5,0)'],
        ['price_quantity_unit', 'PurchaseOrderPriceUnit', 'text'],
        ['currency', 'Currency', 'text'],
        ['price_valid_to', 'PriceValidityEndDate', 'date'],
    ]
) }}
