"""Incoming inspection and complaints."""

from connectors.entity import Entity, boolean, date, decimal, instant, string, time_of_day
from connectors.sap_s4hana.protocol import ODATA_V2

INSPECTION_LOT = Entity(
    name="inspection_lot",
    source="/sap/opu/odata/sap/API_INSPECTIONLOT_SRV/A_InspectionLot",
    protocol=ODATA_V2,
    key=("InspectionLot",),
    changed_at=("ChangedDateTime",),
    order=("ChangedDateTime", "InspectionLot"),
    fields=(
        string("InspectionLot"),
        string("InspectionLotType"),
        string("Plant"),
        string("Material"),
        string("Supplier"),
        string("PurchasingDocument"),
        string("PurchasingDocumentItem"),
        string("MaterialDocumentYear"),
        string("MaterialDocument"),
        string("MaterialDocumentItem"),
        decimal("InspectionLotQuantity", 13, 3),
        string("InspectionLotQuantityUnit"),
        decimal("InspectionLotSampleQuantity", 13, 3),  # 0: a skip lot
        decimal("InspectionLotDefectiveQuantity", 13, 3),  # null: not known
        decimal("InspLotQtyToFree", 13, 3),
        decimal("InspLotQtyToBlocked", 13, 3),
        decimal("InspLotQtyReturnedToSupplier", 13, 3),
        date("InspectionLotCreatedOn"),
        instant("ChangedDateTime"),
    ),
)

USAGE_DECISION = Entity(
    name="usage_decision",
    source="/sap/opu/odata/sap/API_INSPECTIONLOT_SRV/A_InspLotUsageDecision",
    protocol=ODATA_V2,
    key=("InspectionLot",),
    changed_at=("ChangedDateTime",),
    order=("ChangedDateTime", "InspectionLot"),
    fields=(
        string("InspectionLot"),
        string("InspectionLotUsageDecisionCode"),
        string("InspLotUsageDecisionValuation"),  # A accepted, R rejected
        decimal("InspectionLotQualityScore", 3, 0),
        date("InspectionLotUsageDecidedOn"),
        instant("ChangedDateTime"),
    ),
)

QUALITY_NOTIFICATION = Entity(
    name="quality_notification",
    source="/sap/opu/odata/sap/ZQM_QUALITYNOTIFICATION_CDS/ZQM_QualityNotification",
    protocol=ODATA_V2,
    key=("QualityNotification",),
    changed_at=("LastChangeDateTime",),
    order=("LastChangeDateTime", "QualityNotification"),
    fields=(
        string("QualityNotification"),
        string("NotificationType"),
        string("Supplier"),
        string("Material"),
        string("Plant"),
        string("PurchasingDocument"),
        string("PurchasingDocumentItem"),
        string("InspectionLot"),
        string("NotificationPriority"),
        date("NotificationReportingDate"),
        time_of_day("NotificationReportingTime"),
        date("NotificationCompletionDate"),  # null: open
        time_of_day("NotificationCompletionTime"),
        decimal("ComplaintQuantity", 13, 3),
        decimal("DefectiveQuantity", 13, 3),  # null: not known
        string("QuantityUnit"),
        string("DefectCodeGroup"),
        boolean("IsMarkedForDeletion"),  # disputed and taken back
        instant("LastChangeDateTime"),
    ),
)
