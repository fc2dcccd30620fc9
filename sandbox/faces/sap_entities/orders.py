"""Purchase orders."""

from sandbox.faces.entity import Entity, Kind, decimal, of_kind, text

SCHEDULE_LINE = Entity(
    name="purchase_order_schedule_line",
    wire_name="PurchaseOrderScheduleLine",
    keys=("PurchaseOrder", "PurchaseOrderItem", "ScheduleLine"),
    fields=(
        *text("PurchaseOrder", "PurchaseOrderItem", "ScheduleLine"),
        *of_kind(Kind.DATE, "ScheduleLineDeliveryDate", "SchedLineStscDeliveryDate"),
        decimal("ScheduleLineOrderQuantity", 3),
        *text("PurchaseOrderQuantityUnit"),
    ),
)

PURCHASE_ORDER_ITEM = Entity(
    name="purchase_order_item",
    wire_name="PurchaseOrderItem",
    keys=("PurchaseOrder", "PurchaseOrderItem"),
    fields=(
        *text("PurchaseOrder", "PurchaseOrderItem", "PurchasingDocumentDeletionCode", "Plant", "Material"),
        *text("PurchaseOrderItemText", "MaterialGroup"),
        decimal("OrderQuantity", 3),
        *text("PurchaseOrderQuantityUnit"),
        decimal("NetPriceAmount", 6),
        decimal("NetPriceQuantity", 0),
        *text("OrderPriceUnit"),
        decimal("OrderPriceUnitToOrderUnitNmrtr", 0),
        decimal("OrdPriceUnitToOrderUnitDnmntr", 0),
        *text("PurchaseOrderItemCategory", "PurchaseContract", "PurchaseContractItem"),
        *text("SupplierConfirmationControlKey"),
        *of_kind(Kind.BOOLEAN, "GoodsReceiptIsExpected"),
        *of_kind(Kind.BOOLEAN, "IsCompletelyDelivered", "IsReturnsItem"),
        decimal("UnderdelivTolrtdLmtRatioInPct", 1),
        decimal("OverdelivTolrtdLmtRatioInPct", 1),
        decimal("PlannedDeliveryDurationInDays", 0),
    ),
    children={"_PurchaseOrderScheduleLineTP": SCHEDULE_LINE},
)

PURCHASE_ORDER = Entity(
    name="purchase_order",
    wire_name="PurchaseOrder",
    keys=("PurchaseOrder",),
    fields=(
        *text("PurchaseOrder", "PurchaseOrderType", "PurchaseOrderDeletionCode", "CompanyCode"),
        *text("PurchasingOrganization", "PurchasingGroup", "Supplier", "SupplyingPlant"),
        *of_kind(Kind.DATE, "PurchaseOrderDate", "CreationDate"),
        *of_kind(Kind.INSTANT, "LastChangeDateTime"),
        *text("DocumentCurrency"),
    ),
    children={"_PurchaseOrderItem": PURCHASE_ORDER_ITEM},
    change_field="LastChangeDateTime",
)
