{{ staged_versions(
    system='ecosystem',
    entity='published_batch',
    key=['batch_id'],
    columns=[
        ['batch_id', 'batch_id', 'text'],
        ['system', 'system', 'text'],
        ['source_connection_id', 'connection_id', 'text'],
        ['entity', 'entity', 'text'],
        ['build_id', 'build_id', 'text'],
        ['published_at', 'published_at', 'timestamp'],
        ['code_hash', 'code_hash', 'text']
    ]
) }}
