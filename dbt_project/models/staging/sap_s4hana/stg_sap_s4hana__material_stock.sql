{{ staged_versions(
    system='sap_s4hana',
    entity='material_stock',
    key=[
        'material', 'plant', 'storage_location', 'batch', 'stock_vendor', 'stock_customer', 'wbs_element', 'sales_order',
        'sales_order_line', 'special_stock_type', 'stock_type',
    ],
    columns=[
        ['material', 'Material', 'number'],
        ['plant', 'Plant', 'text'],
        ['storage_location', 'StorageLocation', 'code'],
        ['batch', 'Batch', 'code'],
        ['stock_vendor', 'Supplier', 'code'],
        ['stock_customer', 'Customer', 'code'],
        ['wbs_element', 'WBSElementInternalID', 'code'],
        ['sales_order', 'SDDocument', 'code'],
        ['sales_order_line', 'SDDocumentItem', 'code'],
        ['special_stock_type', 'InventorySpecialStockType', 'code'],
        ['stock_type', 'InventoryStockType', 'text'],
        ['base_unit', 'MaterialBaseUnit', 'text'],
        ['quantity', 'MatlWrhsStkQtyInMatlBaseUnit', 'decimal(15,3)'],
    ]
) }}
