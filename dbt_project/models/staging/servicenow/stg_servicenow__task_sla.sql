{{ staged_versions(
    system='servicenow',
    entity='task_sla',
    key=['task_sla_id'],
    columns=[
        ['task_sla_id', 'sys_id', 'text'],
        ['ticket_id', 'task', 'text'],
        ['sla_id', 'sla', 'text'],
        ['sla_name', 'sla.name', 'text'],
        ['sla_type', 'sla.type', 'text'],
        ['sla_target', 'sla.target', 'text'],
        ['schedule', 'schedule', 'text'],
        ['stage', 'stage', 'text'],
        ['has_breached', 'has_breached', 'boolean'],
        ['started_at', 'start_time', 'timestamp'],
        ['ended_at', 'end_time', 'timestamp'],
        ['planned_end_at', 'planned_end_time', 'timestamp'],
        ['pause_seconds', 'pause_duration', 'bigint'],
        ['business_pause_seconds', 'business_pause_duration', 'bigint'],
        ['duration_seconds', 'duration', 'bigint'],
        ['business_duration_seconds', 'business_duration', 'bigint'],
        ['created_at', 'sys_created_on', 'timestamp'],
    ]
) }}
