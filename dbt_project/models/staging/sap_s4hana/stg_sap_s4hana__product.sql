{{ staged_versions(
    system='sap_s4hana',
    entity='product',
    key=['material'],
    columns=[
        ['material', 'Product', 'number'],
        ['material_type', 'ProductType', 'text'],
        ['material_group', 'ProductGroup', 'text'],
        ['base_unit', 'BaseUnit', 'text'],
        ['created_date', 'CreationDate', 'date'],
        ['is_marked_for_deletion', 'IsMarkedForDeletion', 'boolean'],
    ],
    has_children=true
) }}
