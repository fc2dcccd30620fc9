{{ staged_versions(
    system='sap_s4hana',
    entity='product_valuation',
    key=['material', 'valuation_area', 'valuation_type'],
    columns=[
        ['material', 'Product', 'number'],
        ['valuation_area', 'ValuationArea', 'text'],
        ['valuation_type', 'ValuationType', 'code'],
        ['valuation_procedure', 'InventoryValuationProcedure', 'text'],
        ['standard_price', 'StandardPrice', 'decimal(13,3)'],
        ['price_unit_quantity', 'PriceUnitQty', 'decimal(5,0)'],
        ['currency', 'Currency', 'text'],
    ]
) }}
