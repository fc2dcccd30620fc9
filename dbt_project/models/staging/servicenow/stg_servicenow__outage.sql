{{ staged_versions(
    system='servicenow',
    entity='outage',
    key=['outage_id'],
    columns=[
        ['outage_id', 'sys_id', 'text'],
        ['outage_number', 'number', 'text'],
        ['configuration_item_id', 'cmdb_ci', 'text'],
        ['outage_type', 'type', 'text'],
        ['began_at', 'begin', 'timestamp'],
        ['ended_at', 'end', 'timestamp'],
        ['duration_seconds', 'duration', 'bigint'],
        ['created_at', 'sys_created_on', 'timestamp'],
    ]
) }}
