{{ staged_versions(
    system='ecosystem',
    entity='published_value',
    key=['value_key'],
    columns=[
        ['value_key', 'value_key', 'text'],
        ['mart', 'mart', 'text'],
        ['metric_id', 'metric_id', 'text'],
        ['vendor_key', 'vendor_key', 'text'],
        ['period_kind', 'period_kind', 'text'],
        ['period', 'period', 'date'],
        ['value', 'value', 'double'],
        ['n', 'n', 'bigint'],
        ['lower_bound', 'lower', 'double'],
        ['upper_bound', 'upper', 'double'],
        ['definition_id', 'definition_id', 'text'],
        ['definition_version', 'definition_version', 'bigint'],
        ['is_withdrawn', 'is_withdrawn', 'boolean'],
        ['build_id', 'build_id', 'text'],
        ['code_hash', 'code_hash', 'text'],
        ['published_at', 'published_at', 'timestamp'],
        ['change_number', 'change_number', 'bigint'],
        ['previous_value', 'previous_value', 'double'],
        ['previous_n', 'previous_n', 'bigint'],
        ['previous_definition_version', 'previous_definition_version', 'bigint'],
        ['previous_published_at', 'previous_published_at', 'timestamp']
    ]
) }}
