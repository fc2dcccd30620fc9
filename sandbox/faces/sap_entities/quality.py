"""Incoming inspection and complaints."""

from sandbox.faces.entity import MILLISECOND, Entity, Kind, decimal, of_kind, text

INSPECTION_LOT = Entity(
    name="inspection_lot",
    wire_name="A_InspectionLot",
    keys=("InspectionLot",),
    fields=(
        *text("InspectionLot", "InspectionLotType", "Plant", "Material", "Supplier", "PurchasingDocument"),
        *text("PurchasingDocumentItem", "MaterialDocumentYear", "MaterialDocument", "MaterialDocumentItem"),
        decimal("InspectionLotQuantity", 3),
        *text("InspectionLotQuantityUnit"),
        decimal("InspectionLotSampleQuantity", 3),
        decimal("InspectionLotDefectiveQuantity", 3),
        decimal("InspLotQtyToFree", 3),
        decimal("InspLotQtyToBlocked", 3),
        decimal("InspLotQtyReturnedToSupplier", 3),
        *of_kind(Kind.DATE, "InspectionLotCreatedOn"),
        *of_kind(Kind.INSTANT, "ChangedDateTime"),
    ),
    change_field="ChangedDateTime",
    tick=MILLISECOND,
)

USAGE_DECISION = Entity(
    name="usage_decision",
    wire_name="A_InspLotUsageDecision",
    keys=("InspectionLot",),
    fields=(
        *text("InspectionLot", "InspectionLotUsageDecisionCode", "InspLotUsageDecisionValuation"),
        decimal("InspectionLotQualityScore", 0),
        *of_kind(Kind.DATE, "InspectionLotUsageDecidedOn"),
        *of_kind(Kind.INSTANT, "ChangedDateTime"),
    ),
    change_field="ChangedDateTime",
    tick=MILLISECOND,
)

QUALITY_NOTIFICATION = Entity(
    name="quality_notification",
    wire_name="ZQM_QualityNotification",
    keys=("QualityNotification",),
    fields=(
        *text("QualityNotification", "NotificationType", "Supplier", "Material", "Plant", "PurchasingDocument"),
        *text("PurchasingDocumentItem", "InspectionLot", "NotificationPriority"),
        *of_kind(Kind.DATE, "NotificationReportingDate"),
        *of_kind(Kind.TIME, "NotificationReportingTime"),
        *of_kind(Kind.DATE, "NotificationCompletionDate"),
        *of_kind(Kind.TIME, "NotificationCompletionTime"),
        decimal("ComplaintQuantity", 3),
        decimal("DefectiveQuantity", 3),
        *text("QuantityUnit", "DefectCodeGroup"),
        *of_kind(Kind.BOOLEAN, "IsMarkedForDeletion"),
        *of_kind(Kind.INSTANT, "LastChangeDateTime"),
    ),
    change_field="LastChangeDateTime",
    tick=MILLISECOND,
)
