{{ config(unique_key=['system', 'entity', 'connection_id', 'batch_id']) }}

{% for system, entities in landed_entities().items() -%}
{% set outer_last = loop.last -%}
{% for entity, rules in entities.items() -%}
{{ quarantined_rows(system, entity) }}
{{ 'union all' if not (loop.last and outer_last) }}
{% endfor -%}
{% endfor -%}
