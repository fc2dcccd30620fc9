{{ staged_versions(
    system='sap_s4hana',
    entity='material_stock',
    key=['material', 'plant', 'storage_location', 'stock_type'],
    columns=[
        ['material', 'Material', 'number'],
        ['plant', 'Plant', 'text'],
        ['storage_location', 'StorageLocation', 'text'],
        ['stock_type', 'InventoryStockType', 'text'],
        ['special_stock_type', 'InventorySpecialStockType', 'text'],
        ['base_unit', 'MaterialBaseUnit', 'text'],
        ['quantity', 'MatlWrhsStkQtyInMatlBaseUnit', 'decimal(15,3)'],
    ]
) }}
