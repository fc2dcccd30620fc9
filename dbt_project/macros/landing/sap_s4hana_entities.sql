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
        'inspection_lot': {
            'key': ['InspectionLot'],
            'needed': ['InspectionLotQuantity', 'InspectionLotDefectiveQuantity'],
        },
        'usage_decision': {
            'key': ['InspectionLot'],
            'needed': ['InspectionLotUsageDecidedOn'],
        },
        'quality_notification': {
            'key': ['QualityNotification'],
            'needed': ['NotificationReportingDate', 'NotificationCompletionDate', 'DefectiveQuantity'],
        },
        'supplier_invoice': {
            'key': ['SupplierInvoice', 'FiscalYear'],
            'needed': ['PostingDate'],
        },
        'supplier_invoice_item': {
            'key': ['SupplierInvoice', 'FiscalYear', 'SupplierInvoiceItem'],
            'needed': ['SupplierInvoiceItemAmount', 'QuantityInPurchaseOrderUnit'],
            'parent': 'supplier_invoice',
        },
        'material_stock': {
            'key': ['Material', 'Plant', 'StorageLocation', 'Batch', 'Supplier', 'Customer', 'WBSElementInternalID', 'SDDocument', 'SDDocumentItem', 'InventorySpecialStockType', 'InventoryStockType'],
            'may_be_empty': ['StorageLocation', 'Batch', 'Supplier', 'Customer', 'WBSElementInternalID', 'SDDocument', 'SDDocumentItem', 'InventorySpecialStockType'],
            'needed': ['MatlWrhsStkQtyInMatlBaseUnit'],
        },
        'purchase_contract': {
            'key': ['PurchaseContract'],
            'needed': ['ValidityStartDate', 'ValidityEndDate'],
        },
        'purchase_contract_item': {
            'key': ['PurchaseContract', 'PurchaseContractItem'],
            'needed': ['ContractNetPriceAmount', 'NetPriceQuantity'],
            'parent': 'purchase_contract',
        },
        'info_record': {
            'key': ['PurchasingInfoRecord'],
            'needed': [],
        },
        'info_record_price': {
            'key': ['PurchasingInfoRecord', 'PurchasingInfoRecordCategory', 'PurchasingOrganization', 'Plant'],
            'may_be_empty': ['Plant'],
            'needed': ['NetPriceAmount', 'MaterialPriceUnitQty'],
            'parent': 'info_record',
        },
        'product': {
            'key': ['Product'],
            'needed': [],
        },
        'product_description': {
            'key': ['Product', 'Language'],
            'needed': [],
            'parent': 'product',
        },
        'product_unit': {
            'key': ['Product', 'AlternativeUnit'],
            'needed': ['QuantityNumerator', 'QuantityDenominator'],
            'parent': 'product',
        },
        'product_valuation': {
            'key': ['Product', 'ValuationArea', 'ValuationType'],
            'may_be_empty': ['ValuationType'],
            'needed': ['StandardPrice', 'PriceUnitQty'],
            'parent': 'product',
        },
        'supplier_confirmation': {
            'key': ['PurchaseOrder', 'PurchaseOrderItem', 'SequentialNmbrOfSuplrConf'],
            'needed': ['DeliveryDate', 'ConfirmedQuantity'],
        },
        'exchange_rate': {
            'key': ['ExchangeRateType', 'SourceCurrency', 'TargetCurrency', 'ValidityStartDate'],
            'needed': ['ExchangeRate', 'NumberOfSourceCurrencyUnits', 'NumberOfTargetCurrencyUnits'],
        },
        'request_for_quotation': {
            'key': ['RequestForQuotation'],
            'needed': ['RFQPublishingDate'],
        },
        'request_for_quotation_bidder': {
            'key': ['RequestForQuotation', 'PartnerCounter'],
            'needed': [],
            'parent': 'request_for_quotation',
        },
        'supplier_quotation': {
            'key': ['SupplierQuotation'],
            'needed': ['QuotationSubmissionDate'],
        },
    }) }}
{%- endmacro -%}
