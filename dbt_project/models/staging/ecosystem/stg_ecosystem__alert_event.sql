{{ staged_versions(
    system='ecosystem',
    entity='alert_event',
    key=['event_key'],
    columns=[
        ['event_key', 'event_key', 'text'],
        ['fingerprint', 'fingerprint', 'text'],
        ['sequence', 'sequence', 'bigint'],
        ['stream', 'stream', 'text'],
        ['rule_id', 'rule_id', 'text'],
        ['kpi_family', 'kpi_family', 'text'],
        ['severity', 'severity', 'text'],
        ['vendor_key', 'vendor_key', 'text'],
        ['subject_key', 'subject_key', 'text'],
        ['purchase_order', 'purchase_order', 'text'],
        ['purchase_order_line', 'purchase_order_line', 'text'],
        ['schedule_line', 'schedule_line', 'text'],
        ['event', 'event', 'text'],
        ['from_state', 'from_state', 'text'],
        ['to_state', 'to_state', 'text'],
        ['happened_at', 'at', 'timestamp'],
        ['reason', 'reason', 'text'],
        ['build_id', 'build_id', 'text'],
        ['opening', 'opening', 'bigint'],
        ['reason_code', 'reason_code', 'text'],
        ['verdict', 'verdict', 'text']
    ]
) }}
