"""Purchase orders."""

from connectors.entity import Entity, boolean, date, decimal, instant, string
from connectors.sap_s4hana.protocol import ODATA_V4

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
        string("OrderPriceUnit"),
        decimal("OrderPriceUnitToOrderUnitNmrtr", 5, 0),
        decimal("OrdPriceUnitToOrderUnitDnmntr", 5, 0),
        string("PurchaseOrderItemCategory"),  # 2 consignment, 5 third party, 9 service
        boolean("GoodsReceiptIsExpected"),
        string("PurchaseContract"),
        string("PurchaseContractItem"),
        string("SupplierConfirmationControlKey"),
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
