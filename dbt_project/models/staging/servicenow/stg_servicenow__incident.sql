{{ staged_versions(
    system='servicenow',
    entity='incident',
    key=['ticket_id'],
    columns=[
        ['ticket_id', 'sys_id', 'text'],
        ['ticket', 'number', 'text'],
        ['state', 'state', 'text'],
        ['priority', 'priority', 'text'],
        ['category', 'category', 'text'],
        ['contact_type', 'contact_type', 'text'],
        ['assignment_group', 'assignment_group', 'text'],
        ['vendor_id', 'vendor', 'text'],
        ['vendor_name', 'vendor.name', 'text'],
        ['made_sla', 'made_sla', 'boolean'],
        ['reopen_count', 'reopen_count', 'integer'],
        ['reassignment_count', 'reassignment_count', 'integer'],
        ['opened_at', 'opened_at', 'timestamp'],
        ['resolved_at', 'resolved_at', 'timestamp'],
        ['closed_at', 'closed_at', 'timestamp'],
        ['created_at', 'sys_created_on', 'timestamp'],
    ]
) }}
