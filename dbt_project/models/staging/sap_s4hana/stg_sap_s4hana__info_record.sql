{{ staged_versions(
    system='sap_s4hana',
    entity='info_record',
    key=['info_record'],
    columns=[
        ['info_record', 'PurchasingInfoRecord', 'number'],
        ['vendor_number', 'Supplier', 'number'],
        ['material', 'Material', 'number'],
        ['base_unit', 'BaseUnit', 'text'],
        ['is_deleted', 'IsDeleted', 'boolean'],
    ],
    has_children=true
) }}
