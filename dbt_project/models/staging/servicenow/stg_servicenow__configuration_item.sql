{{ staged_versions(
    system='servicenow',
    entity='configuration_item',
    key=['configuration_item_id'],
    columns=[
        ['configuration_item_id', 'sys_id', 'text'],
        ['item_name', 'name', 'text'],
        ['item_class', 'sys_class_name', 'text'],
        ['vendor_id', 'vendor', 'text'],
        ['vendor_name', 'vendor.name', 'text'],
        ['install_status', 'install_status', 'text'],
        ['installed_at', 'install_date', 'timestamp'],
        ['created_at', 'sys_created_on', 'timestamp'],
    ]
) }}
