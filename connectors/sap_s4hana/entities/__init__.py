"""What is read from SAP S/4HANA."""

from connectors.sap_s4hana.entities.finance import EXCHANGE_RATE, SUPPLIER_INVOICE
from connectors.sap_s4hana.entities.materials import MATERIAL_DOCUMENT, MATERIAL_STOCK, PRODUCT
from connectors.sap_s4hana.entities.orders import PURCHASE_ORDER
from connectors.sap_s4hana.entities.purchasing import (
    INFO_RECORD,
    PURCHASE_CONTRACT,
    REQUEST_FOR_QUOTATION,
    SUPPLIER,
    SUPPLIER_CONFIRMATION,
    SUPPLIER_QUOTATION,
)
from connectors.sap_s4hana.entities.quality import INSPECTION_LOT, QUALITY_NOTIFICATION, USAGE_DECISION

ENTITIES = (
    PURCHASE_ORDER,
    MATERIAL_DOCUMENT,
    SUPPLIER,
    INSPECTION_LOT,
    USAGE_DECISION,
    QUALITY_NOTIFICATION,
    SUPPLIER_INVOICE,
    MATERIAL_STOCK,
    PURCHASE_CONTRACT,
    INFO_RECORD,
    PRODUCT,
    SUPPLIER_CONFIRMATION,
    EXCHANGE_RATE,
    REQUEST_FOR_QUOTATION,
    SUPPLIER_QUOTATION,
)
