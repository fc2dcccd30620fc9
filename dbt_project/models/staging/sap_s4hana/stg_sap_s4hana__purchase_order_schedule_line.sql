{{ staged_versions(
    system='sap_s4hana',
    entity='purchase_order_schedule_line',
    key=['purchase_order', 'purchase_order_line', 'schedule_line'],
    columns=[
        ['purchase_order', 'PurchaseOrder', 'number'],
        ['purchase_order_line', 'PurchaseOrderItem', 'number'],
        ['schedule_line', 'ScheduleLine', 'number'],
        ['delivery_date', 'ScheduleLineDeliveryDate', 'date'],
        ['statistics_date', 'SchedLineStscDeliveryDate', 'date'],
        ['ordered_quantity', 'ScheduleLineOrderQuantity', 'decimal(15,3)'],
        ['quantity_unit', 'PurchaseOrderQuantityUnit', 'text'],
    ]
) }}
