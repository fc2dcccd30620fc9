{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['system', 'entity', 'connection_id', 'batch_id']) }}

-- Rows of each landed file, counted when it is read for the first time, and those of them whose key cannot be read.
{% for system, entities in landed_entities().items() -%}
{% set outer_last = loop.last -%}
{% for entity, rules in entities.items() -%}
{{ counted_batches(system, entity) }}
{{ 'union all' if not (loop.last and outer_last) }}
{% endfor -%}
{% endfor -%}
