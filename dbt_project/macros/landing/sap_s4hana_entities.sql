{%- macro sap_s4hana_entities() -%}
    {{ return({
        'purchase_order': {'key': ['PurchaseOrder'], 'needed': ['PurchaseOrderDate']},
        'purchase_order_item': {
            'key': ['PurchaseOrder', 'PurchaseOrderItem'],
            'needed': ['OrderQuantity', 'NetPriceAmount', 'NetPriceQuantity', 'UnderdelivTolrtdLmtRatioInPct'],
            'parent': 'purchase_order',
        },
        'purchase_order_schedule_line': {
            'key': ['PurchaseOrder', 'PurchaseOrderItem', 'ScheduleLine'],
            'needed': ['ScheduleLineDeliveryDate', 'SchedLineStscDeliveryDate', 'ScheduleLineOrderQuantity'],
            'parent': 'purchase_order',
        },
        'material_document': {
            'key': ['MaterialDocumentYear', 'MaterialDocument'],
            'needed': ['PostingDate', 'CreationDate'],
        },
        'material_document_item': {
            'key': ['MaterialDocumentYear', 'MaterialDocument', 'MaterialDocumentItem'],
            'needed': ['QuantityInEntryUnit'],
            'parent': 'material_document',
        },
        'supplier': {'key': ['Supplier'], 'needed': []},
    }) }}
{%- endmacro -%}
