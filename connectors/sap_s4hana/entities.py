"""What is read from SAP S/4HANA."""

from connectors.entity import Entity, boolean, date, decimal, instant, string, time_of_day

ODATA_V4 = "OData V4"
ODATA_V2 = "OData V2"

SCHEDULE_LINE = Entity(
    name="purchase_order_schedule_line",
    source="_PurchaseOrderScheduleLineTP",
    is_nested=True,
    key=("PurchaseOrder", "PurchaseOrderItem", "ScheduleLine"),
    fields=(
        string("PurchaseOrder"),
        string("PurchaseOrderItem"),
        string("ScheduleLine"),
        date("ScheduleLineDeliveryDate"),
        date("SchedLineStscDeliveryDate"),
        decimal("ScheduleLineOrderQuantity", 15, 3),
        string("PurchaseOrderQuantityUnit"),
    ),
)

PURCHASE_ORDER_ITEM = Entity(
    name="purchase_order_item",
    source="_PurchaseOrderItem",
    is_nested=True,
    key=("PurchaseOrder", "PurchaseOrderItem"),
    fields=(
        string("PurchaseOrder"),
        string("PurchaseOrderItem"),
        string("PurchasingDocumentDeletionCode"),
        string("Plant"),
        string("Material"),
        string("PurchaseOrderItemText"),
        string("MaterialGroup"),
        decimal("OrderQuantity", 15, 3),
        string("PurchaseOrderQuantityUnit"),
        decimal("NetPriceAmount", 18, 6),  # per NetPriceQuantity units
        decimal("NetPriceQuantity", 9, 0),
        boolean("IsCompletelyDelivered"),
        boolean("IsReturnsItem"),
        decimal("UnderdelivTolrtdLmtRatioInPct", 5, 1),
        decimal("OverdelivTolrtdLmtRatioInPct", 5, 1),
        decimal("PlannedDeliveryDurationInDays", 5, 0),
    ),
    children=(SCHEDULE_LINE,),
)

PURCHASE_ORDER = Entity(
    name="purchase_order",
    source="/sap/opu/odata4/sap/api_purchaseorder_2/srvd_a2x/sap/purchaseorder/0001/PurchaseOrder",
    protocol=ODATA_V4,
    key=("PurchaseOrder",),
    changed_at=("LastChangeDateTime",),
    order=("LastChangeDateTime", "PurchaseOrder"),
    fields=(
        string("PurchaseOrder"),
        string("PurchaseOrderType"),
        string("PurchaseOrderDeletionCode"),
        string("CompanyCode"),
        string("PurchasingOrganization"),
        string("PurchasingGroup"),
        string("Supplier"),
        string("SupplyingPlant"),
        date("PurchaseOrderDate"),
        date("CreationDate"),
        instant("LastChangeDateTime"),
        string("DocumentCurrency"),
    ),
    children=(PURCHASE_ORDER_ITEM,),
)

MATERIAL_DOCUMENT_ITEM = Entity(
    name="material_document_item",
    source="to_MaterialDocumentItem",
    is_nested=True,
    key=("MaterialDocumentYear", "MaterialDocument", "MaterialDocumentItem"),
    fields=(
        string("MaterialDocumentYear"),
        string("MaterialDocument"),
        string("MaterialDocumentItem"),
        string("Material"),
        string("Plant"),
        string("Supplier"),
        string("PurchaseOrder"),
        string("PurchaseOrderItem"),
        string("GoodsMovementType"),
        decimal("QuantityInEntryUnit", 15, 3),
        string("EntryUnit"),
        boolean("GoodsMovementIsCancelled"),
        string("ReversedMaterialDocumentYear"),
        string("ReversedMaterialDocument"),
        string("ReversedMaterialDocumentItem"),
    ),
)

MATERIAL_DOCUMENT = Entity(
    name="material_document",
    source="/sap/opu/odata/sap/API_MATERIAL_DOCUMENT_SRV/A_MaterialDocumentHeader",
    protocol=ODATA_V2,
    key=("MaterialDocumentYear", "MaterialDocument"),
    changed_at=("CreationDate", "CreationTime"),
    order=("CreationDate", "CreationTime", "MaterialDocumentYear", "MaterialDocument"),
    fields=(
        string("MaterialDocumentYear"),
        string("MaterialDocument"),
        date("DocumentDate"),
        date("PostingDate"),
        date("CreationDate"),
        time_of_day("CreationTime"),
    ),
    children=(MATERIAL_DOCUMENT_ITEM,),
)

SUPPLIER = Entity(
    name="supplier",
    source="/sap/opu/odata/sap/API_BUSINESS_PARTNER/A_Supplier",
    protocol=ODATA_V2,
    key=("Supplier",),
    fields=(
        string("Supplier"),
        string("SupplierName"),
        string("SupplierAccountGroup"),
        date("CreationDate"),
        boolean("DeletionIndicator"),
        boolean("PurchasingIsBlocked"),
        boolean("PostingIsBlocked"),
    ),
)

ENTITIES = (PURCHASE_ORDER, MATERIAL_DOCUMENT, SUPPLIER)
