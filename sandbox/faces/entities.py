"""What each system declares: entities, fields, kinds, keys. Names are those on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """What a field holds; each protocol writes a kind in its own way."""

    TEXT = "text"
    DATE = "date"
    TIME = "time"
    INSTANT = "instant"
    DECIMAL = "decimal"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    REFERENCE = "reference"


@dataclass(frozen=True)
class Field:
    """A declared field. `scale` counts the digits after the point; `target` is the table that a reference points to."""

    name: str
    kind: Kind = Kind.TEXT
    scale: int = 0
    target: str = ""


@dataclass(frozen=True)
class Entity:
    """A set of documents: `name` as landed, `wire_name` as the protocol calls it, `children` by navigation property.

    `tick` is the finest step of the system's instants, in microseconds: what a client reads is also what filters
    compare with, else a keyset taken from the wire would miss the row that it came from.
    """

    name: str
    wire_name: str
    keys: tuple[str, ...]
    fields: tuple[Field, ...]
    children: Mapping[str, "Entity"] = field(default_factory=dict)
    change_field: str = ""
    tick: int = 1

    def field_named(self, name: str) -> Field | None:
        """The declared field of that name."""
        return self._by_name.get(name)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {each.name: each for each in self.fields})

    _by_name: Mapping[str, Field] = field(init=False, repr=False, compare=False)


def _text(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name) for name in names)


def _of(kind: Kind, *names: str) -> tuple[Field, ...]:
    return tuple(Field(name, kind) for name in names)


def _decimal(name: str, scale: int) -> Field:
    return Field(name, Kind.DECIMAL, scale)


SCHEDULE_LINE = Entity(
    name="purchase_order_schedule_line",
    wire_name="PurchaseOrderScheduleLine",
    keys=("PurchaseOrder", "PurchaseOrderItem", "ScheduleLine"),
    fields=(
        *_text("PurchaseOrder", "PurchaseOrderItem", "ScheduleLine"),
        *_of(Kind.DATE, "ScheduleLineDeliveryDate", "SchedLineStscDeliveryDate"),
        _decimal("ScheduleLineOrderQuantity", 3),
        *_text("PurchaseOrderQuantityUnit"),
    ),
)

PURCHASE_ORDER_ITEM = Entity(
    name="purchase_order_item",
    wire_name="PurchaseOrderItem",
    keys=("PurchaseOrder", "PurchaseOrderItem"),
    fields=(
        *_text("PurchaseOrder", "PurchaseOrderItem", "PurchasingDocumentDeletionCode", "Plant", "Material"),
        *_text("PurchaseOrderItemText", "MaterialGroup"),
        _decimal("OrderQuantity", 3),
        *_text("PurchaseOrderQuantityUnit"),
        _decimal("NetPriceAmount", 6),
        _decimal("NetPriceQuantity", 0),
        *_of(Kind.BOOLEAN, "IsCompletelyDelivered", "IsReturnsItem"),
        _decimal("UnderdelivTolrtdLmtRatioInPct", 1),
        _decimal("OverdelivTolrtdLmtRatioInPct", 1),
        _decimal("PlannedDeliveryDurationInDays", 0),
    ),
    children={"_PurchaseOrderScheduleLineTP": SCHEDULE_LINE},
)

PURCHASE_ORDER = Entity(
    name="purchase_order",
    wire_name="PurchaseOrder",
    keys=("PurchaseOrder",),
    fields=(
        *_text("PurchaseOrder", "PurchaseOrderType", "PurchaseOrderDeletionCode", "CompanyCode"),
        *_text("PurchasingOrganization", "PurchasingGroup", "Supplier", "SupplyingPlant"),
        *_of(Kind.DATE, "PurchaseOrderDate", "CreationDate"),
        *_of(Kind.INSTANT, "LastChangeDateTime"),
        *_text("DocumentCurrency"),
    ),
    children={"_PurchaseOrderItem": PURCHASE_ORDER_ITEM},
    change_field="LastChangeDateTime",
)

MATERIAL_DOCUMENT_ITEM = Entity(
    name="material_document_item",
    wire_name="A_MaterialDocumentItem",
    keys=("MaterialDocumentYear", "MaterialDocument", "MaterialDocumentItem"),
    fields=(
        *_text("MaterialDocumentYear", "MaterialDocument", "MaterialDocumentItem", "Material", "Plant", "Supplier"),
        *_text("PurchaseOrder", "PurchaseOrderItem", "GoodsMovementType"),
        _decimal("QuantityInEntryUnit", 3),
        *_text("EntryUnit"),
        *_of(Kind.BOOLEAN, "GoodsMovementIsCancelled"),
        *_text("ReversedMaterialDocumentYear", "ReversedMaterialDocument", "ReversedMaterialDocumentItem"),
    ),
)

MATERIAL_DOCUMENT = Entity(
    name="material_document",
    wire_name="A_MaterialDocumentHeader",
    keys=("MaterialDocumentYear", "MaterialDocument"),
    fields=(
        *_text("MaterialDocumentYear", "MaterialDocument"),
        *_of(Kind.DATE, "DocumentDate", "PostingDate", "CreationDate"),
        *_of(Kind.TIME, "CreationTime"),
    ),
    children={"to_MaterialDocumentItem": MATERIAL_DOCUMENT_ITEM},
)

SUPPLIER = Entity(
    name="supplier",
    wire_name="A_Supplier",
    keys=("Supplier",),
    fields=(
        *_text("Supplier", "SupplierName", "SupplierAccountGroup"),
        *_of(Kind.DATE, "CreationDate"),
        *_of(Kind.BOOLEAN, "DeletionIndicator", "PurchasingIsBlocked", "PostingIsBlocked"),
    ),
)

ACCOUNT = Entity(
    name="account",
    wire_name="Account",
    keys=("Id",),
    fields=(
        *_text("Id", "Name", "AccountNumber", "Type", "Vendor_Category__c"),
        *_of(Kind.BOOLEAN, "Strategic_Vendor__c"),
        *_of(Kind.INSTANT, "CreatedDate", "SystemModstamp"),
        *_of(Kind.BOOLEAN, "IsDeleted"),
    ),
    change_field="SystemModstamp",
    tick=1_000,
)

SURVEY_RESPONSE = Entity(
    name="survey_response",
    wire_name="Survey_Response__c",
    keys=("Id",),
    fields=(
        *_text("Id", "Account__c", "Direction__c", "Wave__c"),
        _decimal("Score__c", 1),
        *_text("Respondent_Email__c"),
        *_of(Kind.INSTANT, "Submitted_At__c", "CreatedDate", "SystemModstamp"),
        *_of(Kind.BOOLEAN, "IsDeleted"),
    ),
    change_field="SystemModstamp",
    tick=1_000,
)

INNOVATION_PROPOSAL = Entity(
    name="innovation_proposal",
    wire_name="Innovation_Proposal__c",
    keys=("Id",),
    fields=(
        *_text("Id", "Name", "Account__c", "Title__c", "Problem__c"),
        _decimal("Benefit_Estimate__c", 2),
        *_text("CurrencyIsoCode", "Proposal_Owner__c", "Next_Step__c"),
        _decimal("Cost_To_Implement__c", 2),
        _decimal("Time_To_Implement_Days__c", 0),
        *_text("Status__c"),
        *_of(Kind.DATE, "Submitted_Date__c"),
        *_of(Kind.INSTANT, "First_Feedback_At__c", "CreatedDate", "SystemModstamp"),
        *_of(Kind.BOOLEAN, "IsDeleted"),
    ),
    change_field="SystemModstamp",
    tick=1_000,
)

INCIDENT = Entity(
    name="incident",
    wire_name="incident",
    keys=("sys_id",),
    fields=(
        *_text("sys_id", "number", "state", "priority", "category", "contact_type"),
        Field("assignment_group", Kind.REFERENCE, target="sys_user_group"),
        Field("vendor", Kind.REFERENCE, target="core_company"),
        *_text("vendor.name"),
        *_of(Kind.BOOLEAN, "made_sla"),
        *_of(Kind.INTEGER, "reopen_count", "reassignment_count"),
        *_of(Kind.INSTANT, "opened_at", "resolved_at", "closed_at", "sys_created_on", "sys_updated_on"),
    ),
    change_field="sys_updated_on",
    tick=1_000_000,
)
