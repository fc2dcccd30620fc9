"""What the sandbox's ERP offers."""

from sandbox.faces.entity import Entity
from sandbox.faces.sap_entities.finance import EXCHANGE_RATE, SUPPLIER_INVOICE
from sandbox.faces.sap_entities.materials import MATERIAL_DOCUMENT, MATERIAL_STOCK, PRODUCT
from sandbox.faces.sap_entities.orders import PURCHASE_ORDER
from sandbox.faces.sap_entities.purchasing import (
    INFO_RECORD,
    PURCHASE_CONTRACT,
    REQUEST_FOR_QUOTATION,
    SUPPLIER,
    SUPPLIER_CONFIRMATION,
    SUPPLIER_QUOTATION,
)
from sandbox.faces.sap_entities.quality import INSPECTION_LOT, QUALITY_NOTIFICATION, USAGE_DECISION

__all__ = ["PURCHASE_ORDER", "SERVICES"]

_OFFERED = {
    "API_MATERIAL_DOCUMENT_SRV": (MATERIAL_DOCUMENT,),
    "API_BUSINESS_PARTNER": (SUPPLIER,),
    "API_INSPECTIONLOT_SRV": (INSPECTION_LOT, USAGE_DECISION),
    "ZQM_QUALITYNOTIFICATION_CDS": (QUALITY_NOTIFICATION,),
    "API_SUPPLIERINVOICE_PROCESS_SRV": (SUPPLIER_INVOICE,),
    "API_MATERIAL_STOCK_SRV": (MATERIAL_STOCK,),
    "API_PURCHASECONTRACT_PROCESS_SRV": (PURCHASE_CONTRACT,),
    "API_INFORECORD_PROCESS_SRV": (INFO_RECORD,),
    "API_PRODUCT_SRV": (PRODUCT,),
    "ZMM_SUPPLIERCONFIRMATION_CDS": (SUPPLIER_CONFIRMATION,),
    "ZFI_EXCHANGERATE_CDS": (EXCHANGE_RATE,),
    "API_RFQ_PROCESS_SRV": (REQUEST_FOR_QUOTATION,),
    "API_QTN_PROCESS_SRV": (SUPPLIER_QUOTATION,),
}

SERVICES: dict[str, dict[str, Entity]] = {
    service: {entity.wire_name: entity for entity in entities} for service, entities in _OFFERED.items()
}
"""The V2 services by name, their entity sets by name."""
