{{ staged_versions(
    system='sap_s4hana',
    entity='product_unit',
    key=['material', 'alternative_unit'],
    columns=[
        ['material', 'Product', 'number'],
        ['alternative_unit', 'AlternativeUnit', 'text'],
        ['numerator', 'QuantityNumerator', 'decimal(5,0)'],
        ['denominator', 'QuantityDenominator', 'decimal(5,0)'],
        ['base_unit', 'BaseUnit', 'text'],
    ]
) }}
