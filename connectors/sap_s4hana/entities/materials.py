"""Materials, their movements and their stock."""

from connectors.entity import Entity, boolean, date, decimal, string, time_of_day
from connectors.sap_s4hana.protocol import ODATA_V2

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
        decimal("QuantityInBaseUnit", 15, 3),
        string("MaterialBaseUnit"),
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

MATERIAL_STOCK = Entity(
    name="material_stock",
    source="/sap/opu/odata/sap/API_MATERIAL_STOCK_SRV/A_MatlStkInAcctMod",
    protocol=ODATA_V2,
    key=(
        "Material",
        "Plant",
        "StorageLocation",
        "Batch",
        "Supplier",
        "Customer",
        "WBSElementInternalID",
        "SDDocument",
        "SDDocumentItem",
        "InventorySpecialStockType",
        "InventoryStockType",
    ),
    may_be_empty=(
        "StorageLocation",
        "Batch",
        "Supplier",
        "Customer",
        "WBSElementInternalID",
        "SDDocument",
        "SDDocumentItem",
        "InventorySpecialStockType",
    ),
    fields=(
        string("Material"),
        string("Plant"),
        string("StorageLocation"),
        string("Batch"),
        string("Supplier"),
        string("Customer"),
        string("WBSElementInternalID"),
        string("SDDocument"),
        string("SDDocumentItem"),
        string("InventorySpecialStockType"),  # K: belongs to the vendor
        string("InventoryStockType"),  # 01 unrestricted, 02 quality, 07 blocked
        string("MaterialBaseUnit"),
        decimal("MatlWrhsStkQtyInMatlBaseUnit", 15, 3),
    ),
)

PRODUCT_DESCRIPTION = Entity(
    name="product_description",
    source="to_Description",
    is_nested=True,
    key=("Product", "Language"),
    fields=(
        string("Product"),
        string("Language"),
        string("ProductDescription"),
    ),
)

PRODUCT_UNIT = Entity(
    name="product_unit",
    source="to_ProductUnitsOfMeasure",
    is_nested=True,
    key=("Product", "AlternativeUnit"),
    fields=(
        string("Product"),
        string("AlternativeUnit"),
        decimal("QuantityNumerator", 5, 0),  # 1 alternative unit = numerator / denominator base units
        decimal("QuantityDenominator", 5, 0),
        string("BaseUnit"),
    ),
)

PRODUCT_VALUATION = Entity(
    name="product_valuation",
    source="to_Valuation",
    is_nested=True,
    key=("Product", "ValuationArea", "ValuationType"),
    may_be_empty=("ValuationType",),
    fields=(
        string("Product"),
        string("ValuationArea"),
        string("ValuationType"),
        string("InventoryValuationProcedure"),  # S standard price, V moving average
        decimal("StandardPrice", 13, 3),  # per PriceUnitQty units
        decimal("PriceUnitQty", 5, 0),
        string("Currency"),
    ),
)

PRODUCT = Entity(
    name="product",
    source="/sap/opu/odata/sap/API_PRODUCT_SRV/A_Product",
    protocol=ODATA_V2,
    key=("Product",),
    fields=(
        string("Product"),
        string("ProductType"),
        string("ProductGroup"),
        string("BaseUnit"),
        date("CreationDate"),
        boolean("IsMarkedForDeletion"),
    ),
    children=(PRODUCT_DESCRIPTION, PRODUCT_UNIT, PRODUCT_VALUATION),
)
