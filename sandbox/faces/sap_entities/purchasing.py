"""What is agreed with vendors: the vendors, contracts, prices, confirmations, requests for quotation."""

from sandbox.faces.entity import MILLISECOND, Entity, Kind, decimal, of_kind, text

SUPPLIER = Entity(
    name="supplier",
    wire_name="A_Supplier",
    keys=("Supplier",),
    fields=(
        *text("Supplier", "SupplierName", "SupplierAccountGroup"),
        *of_kind(Kind.DATE, "CreationDate"),
        *of_kind(Kind.BOOLEAN, "DeletionIndicator", "PurchasingIsBlocked", "PostingIsBlocked"),
    ),
)

PURCHASE_CONTRACT_ITEM = Entity(
    name="purchase_contract_item",
    wire_name="A_PurchaseContractItem",
    keys=("PurchaseContract", "PurchaseContractItem"),
    fields=(
        *text("PurchaseContract", "PurchaseContractItem", "Material", "Plant"),
        decimal("TargetQuantity", 3),
        *text("OrderQuantityUnit"),
        decimal("ContractNetPriceAmount", 3),
        decimal("NetPriceQuantity", 0),
    ),
)

PURCHASE_CONTRACT = Entity(
    name="purchase_contract",
    wire_name="A_PurchaseContract",
    keys=("PurchaseContract",),
    fields=(
        *text("PurchaseContract", "PurchaseContractType", "Supplier", "CompanyCode", "PurchasingOrganization"),
        *text("DocumentCurrency"),
        *of_kind(Kind.DATE, "ValidityStartDate", "ValidityEndDate", "CreationDate"),
    ),
    children={"to_PurchaseContractItem": PURCHASE_CONTRACT_ITEM},
)

INFO_RECORD_PRICE = Entity(
    name="info_record_price",
    wire_name="A_PurgInfoRecdOrgPlantData",
    keys=("PurchasingInfoRecord", "PurchasingInfoRecordCategory", "PurchasingOrganization", "Plant"),
    fields=(
        *text("PurchasingInfoRecord", "PurchasingInfoRecordCategory", "PurchasingOrganization", "Plant"),
        decimal("MaterialPlannedDeliveryDurn", 0),
        decimal("NetPriceAmount", 3),
        decimal("MaterialPriceUnitQty", 0),
        *text("PurchaseOrderPriceUnit", "Currency"),
        *of_kind(Kind.DATE, "PriceValidityEndDate"),
    ),
)

INFO_RECORD = Entity(
    name="info_record",
    wire_name="A_PurchasingInfoRecord",
    keys=("PurchasingInfoRecord",),
    fields=(
        *text("PurchasingInfoRecord", "Supplier", "Material", "BaseUnit"),
        *of_kind(Kind.BOOLEAN, "IsDeleted"),
    ),
    children={"to_PurgInfoRecdOrgPlantData": INFO_RECORD_PRICE},
)

SUPPLIER_CONFIRMATION = Entity(
    name="supplier_confirmation",
    wire_name="ZMM_SupplierConfirmation",
    keys=("PurchaseOrder", "PurchaseOrderItem", "SequentialNmbrOfSuplrConf"),
    fields=(
        *text("PurchaseOrder", "PurchaseOrderItem", "SequentialNmbrOfSuplrConf", "SupplierConfirmationCategory"),
        *of_kind(Kind.DATE, "DeliveryDate"),
        decimal("ConfirmedQuantity", 3),
        *of_kind(Kind.DATE, "CreationDate"),
        *of_kind(Kind.TIME, "CreationTime"),
    ),
)

REQUEST_FOR_QUOTATION_BIDDER = Entity(
    name="request_for_quotation_bidder",
    wire_name="A_RequestForQuotationBidder",
    keys=("RequestForQuotation", "PartnerCounter"),
    fields=(*text("RequestForQuotation", "PartnerCounter", "PartnerFunction", "Supplier"),),
)

REQUEST_FOR_QUOTATION = Entity(
    name="request_for_quotation",
    wire_name="A_RequestForQuotation",
    keys=("RequestForQuotation",),
    fields=(
        *text("RequestForQuotation", "RequestForQuotationName", "PurchasingOrganization"),
        *of_kind(Kind.DATE, "RFQPublishingDate", "QuotationLatestSubmissionDate", "CreationDate"),
        *of_kind(Kind.INSTANT, "LastChangeDateTime"),
    ),
    children={"to_RequestForQuotationBidder": REQUEST_FOR_QUOTATION_BIDDER},
    change_field="LastChangeDateTime",
    tick=MILLISECOND,
)

SUPPLIER_QUOTATION = Entity(
    name="supplier_quotation",
    wire_name="A_SupplierQuotation",
    keys=("SupplierQuotation",),
    fields=(
        *text("SupplierQuotation", "RequestForQuotation", "Supplier"),
        *of_kind(Kind.DATE, "QuotationSubmissionDate", "CreationDate"),
        *of_kind(Kind.INSTANT, "LastChangeDateTime"),
    ),
    change_field="LastChangeDateTime",
    tick=MILLISECOND,
)
