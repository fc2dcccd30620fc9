{{ staged_versions(
    system='sap_s4hana',
    entity='product_description',
    key=['material', 'language'],
    columns=[
        ['material', 'Product', 'number'],
        ['language', 'Language', 'text'],
        ['material_text', 'ProductDescription', 'text'],
    ]
) }}
