{{ staged_versions(
    system='sap_s4hana',
    entity='supplier_confirmation',
    key=['purchase_order', 'purchase_order_line', 'sequence_number'],
    columns=[
        ['purchase_order', 'PurchaseOrder', 'number'],
        ['purchase_order_line', 'PurchaseOrderItem', 'number'],
        ['sequence_number', 'SequentialNmbrOfSuplrConf', 'number'],
        ['category', 'SupplierConfirmationCategory', 'text'],
        ['confirmed_date', 'DeliveryDate', 'date'],
        ['confirmed_quantity', 'ConfirmedQuantity', 'decimal(13,3)'],
        ['created_date', 'CreationDate', 'date'],
        ['created_time', 'CreationTime', 'text'],
    ]
) }}
