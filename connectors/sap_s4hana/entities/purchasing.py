"""What is agreed with vendors: the vendors, contracts, prices, confirmations, requests for quotation."""

from connectors.entity import Entity, boolean, date, decimal, instant, string, time_of_day
from connectors.sap_s4hana.protocol import ODATA_V2

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

PURCHASE_CONTRACT_ITEM = Entity(
    name="purchase_contract_item",
    source="to_PurchaseContractItem",
    is_nested=True,
    key=("PurchaseContract", "PurchaseContractItem"),
    fields=(
        string("PurchaseContract"),
        string("PurchaseContractItem"),
        string("Material"),
        string("Plant"),
        decimal("TargetQuantity", 13, 3),
        string("OrderQuantityUnit"),
        decimal("ContractNetPriceAmount", 14, 3),  # per NetPriceQuantity units
        decimal("NetPriceQuantity", 5, 0),
    ),
)

PURCHASE_CONTRACT = Entity(
    name="purchase_contract",
    source="/sap/opu/odata/sap/API_PURCHASECONTRACT_PROCESS_SRV/A_PurchaseContract",
    protocol=ODATA_V2,
    key=("PurchaseContract",),
    fields=(
        string("PurchaseContract"),
        string("PurchaseContractType"),
        string("Supplier"),
        string("CompanyCode"),
        string("PurchasingOrganization"),
        string("DocumentCurrency"),
        date("ValidityStartDate"),
        date("ValidityEndDate"),
        date("CreationDate"),
    ),
    children=(PURCHASE_CONTRACT_ITEM,),
)

INFO_RECORD_PRICE = Entity(
    name="info_record_price",
    source="to_PurgInfoRecdOrgPlantData",
    is_nested=True,
    key=("PurchasingInfoRecord", "PurchasingInfoRecordCategory", "PurchasingOrganization", "Plant"),
    may_be_empty=("Plant",),
    fields=(
        string("PurchasingInfoRecord"),
        string("PurchasingInfoRecordCategory"),
        string("PurchasingOrganization"),
        string("Plant"),
        decimal("MaterialPlannedDeliveryDurn", 3, 0),
        decimal("NetPriceAmount", 13, 3),  # per MaterialPriceUnitQty units
        decimal("MaterialPriceUnitQty", 5, 0),
        string("PurchaseOrderPriceUnit"),
        string("Currency"),
        date("PriceValidityEndDate"),
    ),
)

INFO_RECORD = Entity(
    name="info_record",
    source="/sap/opu/odata/sap/API_INFORECORD_PROCESS_SRV/A_PurchasingInfoRecord",
    protocol=ODATA_V2,
    key=("PurchasingInfoRecord",),
    fields=(
        string("PurchasingInfoRecord"),
        string("Supplier"),
        string("Material"),
        string("BaseUnit"),
        boolean("IsDeleted"),
    ),
    children=(INFO_RECORD_PRICE,),
)

SUPPLIER_CONFIRMATION = Entity(
    name="supplier_confirmation",
    source="/sap/opu/odata/sap/ZMM_SUPPLIERCONFIRMATION_CDS/ZMM_SupplierConfirmation",
    protocol=ODATA_V2,
    key=("PurchaseOrder", "PurchaseOrderItem", "SequentialNmbrOfSuplrConf"),
    changed_at=("CreationDate", "CreationTime"),
    order=("CreationDate", "CreationTime", "PurchaseOrder", "PurchaseOrderItem", "SequentialNmbrOfSuplrConf"),
    fields=(
        string("PurchaseOrder"),
        string("PurchaseOrderItem"),
        string("SequentialNmbrOfSuplrConf"),
        string("SupplierConfirmationCategory"),  # AB: order acknowledgement
        date("DeliveryDate"),
        decimal("ConfirmedQuantity", 13, 3),
        date("CreationDate"),
        time_of_day("CreationTime"),
    ),
)

REQUEST_FOR_QUOTATION_BIDDER = Entity(
    name="request_for_quotation_bidder",
    source="to_RequestForQuotationBidder",
    is_nested=True,
    key=("RequestForQuotation", "PartnerCounter"),
    fields=(
        string("RequestForQuotation"),
        string("PartnerCounter"),
        string("PartnerFunction"),
        string("Supplier"),
    ),
)

REQUEST_FOR_QUOTATION = Entity(
    name="request_for_quotation",
    source="/sap/opu/odata/sap/API_RFQ_PROCESS_SRV/A_RequestForQuotation",
    protocol=ODATA_V2,
    key=("RequestForQuotation",),
    changed_at=("LastChangeDateTime",),
    order=("LastChangeDateTime", "RequestForQuotation"),
    fields=(
        string("RequestForQuotation"),
        string("RequestForQuotationName"),
        string("PurchasingOrganization"),
        date("RFQPublishingDate"),
        date("QuotationLatestSubmissionDate"),
        date("CreationDate"),
        instant("LastChangeDateTime"),
    ),
    children=(REQUEST_FOR_QUOTATION_BIDDER,),
)

SUPPLIER_QUOTATION = Entity(
    name="supplier_quotation",
    source="/sap/opu/odata/sap/API_QTN_PROCESS_SRV/A_SupplierQuotation",
    protocol=ODATA_V2,
    key=("SupplierQuotation",),
    changed_at=("LastChangeDateTime",),
    order=("LastChangeDateTime", "SupplierQuotation"),
    fields=(
        string("SupplierQuotation"),
        string("RequestForQuotation"),
        string("Supplier"),
        date("QuotationSubmissionDate"),
        date("CreationDate"),
        instant("LastChangeDateTime"),
    ),
)
