{{ config(materialized='view') }}

-- Connections of which a feed behind the delivery warnings is stale, and the sentence that mutes them.
with feeds as (
    select * from {{ source('control', 'feed') }}
    where entity in ('purchase_order', 'material_document') and is_stale
)

select
    connection_id,
    'The feed ' || min(entity) || ' of ' || connection_id || ' is stale: last complete '
    || coalesce(cast(min(last_complete_at) as string) || ' UTC', 'never') as mute_reason
from feeds
group by connection_id
