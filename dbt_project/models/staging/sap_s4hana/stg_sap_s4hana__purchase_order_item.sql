{{ staged_versions(
    system='sap_s4hana',
    entity='purchase_order_item',
    key=['purchase_order', 'purchase_order_line'],
    columns=[
        ['purchase_order', 'PurchaseOrder', 'number'],
        ['purchase_order_line', 'PurchaseOrderItem', 'number'],
        ['deletion_code', 'PurchasingDocumentDeletionCode', 'text'],
        ['plant', 'Plant', 'text'],
        ['material', 'Material', 'number'],
        ['material_text', 'PurchaseOrderItemText', 'text'],
        ['material_group', 'MaterialGroup', 'text'],
        ['ordered_quantity', 'OrderQuantity', 'decimal(15,3)'],
        ['quantity_unit', 'PurchaseOrderQuantityUnit', 'text'],
        ['net_price', 'NetPriceAmount', 'decimal(18,6)'],
        ['price_unit_quantity', 'NetPriceQuantity', 'decimal(9,0)'],
        ['is_completely_delivered', 'IsCompletelyDelivered', 'boolean'],
        ['is_returns_item', 'IsReturnsItem', 'boolean'],
        ['underdelivery_tolerance_pct', 'UnderdelivTolrtdLmtRatioInPct', 'decimal(5,1)'],
        ['overdelivery_tolerance_pct', 'OverdelivTolrtdLmtRatioInPct', 'decimal(5,1)'],
        ['planned_delivery_days', 'PlannedDeliveryDurationInDays', 'decimal(5,0)'],
    ]
) }}
