"""Materials, their movements and their stock."""

from sandbox.faces.entity import Entity, Kind, decimal, of_kind, text

MATERIAL_DOCUMENT_ITEM = Entity(
    name="material_document_item",
    wire_name="A_MaterialDocumentItem",
    keys=("MaterialDocumentYear", "MaterialDocument", "MaterialDocumentItem"),
    fields=(
        *text("MaterialDocumentYear", "MaterialDocument", "MaterialDocumentItem", "Material", "Plant", "Supplier"),
        *text("PurchaseOrder", "PurchaseOrderItem", "GoodsMovementType"),
        decimal("QuantityInEntryUnit", 3),
        *text("EntryUnit"),
        decimal("QuantityInBaseUnit", 3),
        *text("MaterialBaseUnit"),
        *of_kind(Kind.BOOLEAN, "GoodsMovementIsCancelled"),
        *text("ReversedMaterialDocumentYear", "ReversedMaterialDocument", "ReversedMaterialDocumentItem"),
    ),
)

MATERIAL_DOCUMENT = Entity(
    name="material_document",
    wire_name="A_MaterialDocumentHeader",
    keys=("MaterialDocumentYear", "MaterialDocument"),
    fields=(
        *text("MaterialDocumentYear", "MaterialDocument"),
        *of_kind(Kind.DATE, "DocumentDate", "PostingDate", "CreationDate"),
        *of_kind(Kind.TIME, "CreationTime"),
    ),
    children={"to_MaterialDocumentItem": MATERIAL_DOCUMENT_ITEM},
)

_STOCK_KEY = (
    *text("Material", "Plant", "StorageLocation", "Batch", "Supplier", "Customer", "WBSElementInternalID"),
    *text("SDDocument", "SDDocumentItem", "InventorySpecialStockType", "InventoryStockType"),
)

MATERIAL_STOCK = Entity(
    name="material_stock",
    wire_name="A_MatlStkInAcctMod",
    keys=tuple(field.name for field in _STOCK_KEY),
    fields=(
        *_STOCK_KEY,
        *text("MaterialBaseUnit"),
        decimal("MatlWrhsStkQtyInMatlBaseUnit", 3),
    ),
)

PRODUCT_DESCRIPTION = Entity(
    name="product_description",
    wire_name="A_ProductDescription",
    keys=("Product", "Language"),
    fields=(*text("Product", "Language", "ProductDescription"),),
)

PRODUCT_UNIT = Entity(
    name="product_unit",
    wire_name="A_ProductUnitsOfMeasure",
    keys=("Product", "AlternativeUnit"),
    fields=(
        *text("Product", "AlternativeUnit"),
        decimal("QuantityNumerator", 0),
        decimal("QuantityDenominator", 0),
        *text("BaseUnit"),
    ),
)

PRODUCT_VALUATION = Entity(
    name="product_valuation",
    wire_name="A_ProductValuation",
    keys=("Product", "ValuationArea", "ValuationType"),
    fields=(
        *text("Product", "ValuationArea", "ValuationType", "InventoryValuationProcedure"),
        decimal("StandardPrice", 3),
        decimal("PriceUnitQty", 0),
        *text("Currency"),
    ),
)

PRODUCT = Entity(
    name="product",
    wire_name="A_Product",
    keys=("Product",),
    fields=(
        *text("Product", "ProductType", "ProductGroup", "BaseUnit"),
        *of_kind(Kind.DATE, "CreationDate"),
        *of_kind(Kind.BOOLEAN, "IsMarkedForDeletion"),
    ),
    children={
        "to_Description": PRODUCT_DESCRIPTION,
        "to_ProductUnitsOfMeasure": PRODUCT_UNIT,
        "to_Valuation": PRODUCT_VALUATION,
    },
)
