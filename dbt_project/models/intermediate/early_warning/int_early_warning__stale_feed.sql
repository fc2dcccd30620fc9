{{ config(materialized='view') }}

-- Connections of which a feed behind the rules about lines is stale, the rules that rest on it, and the sentence that mutes them.
with feeds as (
    select * from {{ source('control', 'feed') }}
    where is_stale
),

behind as (
    {%- for rule in ['promise_moved_later', 'overdue', 'no_confirmation', 'likely_late'] %}
    {%- for entity in ['purchase_order', 'material_document'] %}
    select
        '{{ rule }}' as rule_id,
        '{{ entity }}' as entity
    union all
    {%- endfor %}
    {%- endfor %}
    select
        'no_confirmation' as rule_id,
        'supplier_confirmation' as entity
)

select
    behind.rule_id,
    feeds.connection_id,
    'The feed ' || min(feeds.entity) || ' of ' || feeds.connection_id || ' is stale: last complete '
    || coalesce(cast(min(feeds.last_complete_at) as string) || ' UTC', 'never') as mute_reason
from feeds
inner join behind on feeds.entity = behind.entity
group by behind.rule_id, feeds.connection_id
