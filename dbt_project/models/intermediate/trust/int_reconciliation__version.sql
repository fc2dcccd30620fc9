-- Versions of each staged entity, how many of them a later row repeated, and keys.
{{ config(materialized='ephemeral') }}

{% for system, entities in landed_entities().items() -%}
{% set outer_last = loop.last -%}
{% for entity, rules in entities.items() -%}
select
    '{{ system }}' as system,
    '{{ entity }}' as entity,
    connection_id,
    cast(count(*) as bigint) as versions,
    cast(
        sum(case when _seen_batch_id <> _batch_id or _seen_row_number <> _row_number then 1 else 0 end) as bigint
    ) as repeated_versions,
    cast(sum(case when _is_readable then 0 else 1 end) as bigint) as unreadable_versions
from {{ ref('stg_' ~ system ~ '__' ~ entity) }}
group by connection_id
{{ 'union all' if not (loop.last and outer_last) }}
{% endfor -%}
{% endfor -%}
