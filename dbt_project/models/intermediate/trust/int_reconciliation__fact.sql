-- What became of each key of an entity on its way to the fact that holds it.
{{ config(materialized='ephemeral') }}

with keys as (
    {% for fact in reconciled_facts() -%}
    {{ reconciled_keys(fact) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    system,
    connection_id,
    entity,
    fact,
    max(nullif(measure, '')) as measure,
    cast(sum(case when outcome <> 'without_source' then 1 else 0 end) as bigint) as staged_keys,
    cast(sum(case when outcome = 'unreadable' then 1 else 0 end) as bigint) as unreadable_keys,
    cast(sum(case when outcome = 'deleted' then 1 else 0 end) as bigint) as deleted_keys,
    cast(sum(case when outcome = 'without_parent' then 1 else 0 end) as bigint) as keys_without_parent,
    cast(sum(case when outcome = 'no_movement_of_an_order' then 1 else 0 end) as bigint) as keys_of_no_order,
    cast(sum(case when outcome in ('in_mart', 'without_source') then 1 else 0 end) as bigint) as mart_rows,
    cast(sum(case when outcome in ('unexplained', 'without_source') then 1 else 0 end) as bigint) as unexplained_keys,
    sum(case when outcome not in ('unreadable', 'without_source') then staged_amount end) as staged_amount,
    sum(case when outcome not in ('unreadable', 'without_source', 'in_mart') then staged_amount else 0 end) as left_out_amount,
    sum(mart_amount) as mart_amount
from keys
group by system, connection_id, entity, fact
