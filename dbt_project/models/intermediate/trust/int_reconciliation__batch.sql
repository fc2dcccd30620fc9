{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['system', 'entity', 'connection_id', 'batch_id']) }}

-- Rows of each landed file, counted when it is read for the first time, and those of them whose key cannot be read.
{% for system, entity, paths in landed_files('new' if is_incremental() else 'all') -%}
{{ counted_batches(system, entity, paths) }}
{{ 'union all' if not loop.last }}
{% endfor -%}
