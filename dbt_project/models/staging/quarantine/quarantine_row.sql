{{ config(unique_key=['system', 'entity', 'connection_id', 'batch_id']) }}

{% for system, entity, paths in landed_files('new' if is_incremental() else 'all') -%}
{{ quarantined_rows(system, entity, paths) }}
{{ 'union all' if not loop.last }}
{% endfor -%}
