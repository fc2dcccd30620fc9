{{ config(materialized='table') }}
select things.thing, label.label, sum(things.amount)::bigint as amount, (select as_of from {{ source('control', 'build') }}) as as_of
from {{ ref('stg_thing') }} as things
left join {{ ref('label') }} as label using (thing)
group by all
