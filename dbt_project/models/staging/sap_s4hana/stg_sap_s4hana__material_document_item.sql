{{ staged_versions(
    system='sap_s4hana',
    entity='material_document_item',
    key=['document_year', 'material_document', 'document_item'],
    columns=[
        ['document_year', 'MaterialDocumentYear', 'text'],
        ['material_document', 'MaterialDocument', 'number'],
        ['document_item', 'MaterialDocumentItem', 'number'],
        ['material', 'Material', 'number'],
        ['plant', 'Plant', 'text'],
        ['vendor_number', 'Supplier', 'number'],
        ['purchase_order', 'PurchaseOrder', 'number'],
        ['purchase_order_line', 'PurchaseOrderItem', 'number'],
        ['movement_type', 'GoodsMovementType', 'text'],
        ['quantity', 'QuantityInEntryUnit', 'decimal(15,3)'],
        ['quantity_unit', 'EntryUnit', 'text'],
        ['base_quantity', 'QuantityInBaseUnit', 'decimal(15,3)'],
        ['base_unit', 'MaterialBaseUnit', 'text'],
        ['is_cancelled', 'GoodsMovementIsCancelled', 'boolean'],
        ['reversed_document_year', 'ReversedMaterialDocumentYear', 'text'],
        ['reversed_material_document', 'ReversedMaterialDocument', 'number'],
        ['reversed_document_item', 'ReversedMaterialDocumentItem', 'number'],
    ]
) }}
