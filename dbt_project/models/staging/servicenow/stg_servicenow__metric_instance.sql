{{ staged_versions(
    system='servicenow',
    entity='metric_instance',
    key=['metric_instance_id'],
    columns=[
        ['metric_instance_id', 'sys_id', 'text'],
        ['ticket_id', 'id', 'text'],
        ['definition', 'definition', 'text'],
        ['field', 'field', 'text'],
        ['value', 'value', 'text'],
        ['field_value', 'field_value', 'text'],
        ['started_at', 'start', 'timestamp'],
        ['ended_at', 'end', 'timestamp'],
        ['duration_seconds', 'duration', 'bigint'],
        ['is_complete', 'calculation_complete', 'boolean'],
        ['created_at', 'sys_created_on', 'timestamp'],
    ]
) }}
