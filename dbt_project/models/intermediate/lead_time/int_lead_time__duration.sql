{{ config(materialized='ephemeral') }}

-- Lines of a vendor and order month by how they stand: delivered in full or cancelled after so many days, or open since a day. Nothing
-- in it moves with the clock.
with counts as (
    select * from {{ ref('int_vendor_month__count') }}
    where measure in {{ lead_time_measures() }}
)

select
    vendor_key,
    month,
    days as ended_days,
    since_date as open_since,
    case when measure = 'received' then lines else 0 end as delivered_lines,
    case when measure = 'received' then 0 else lines end as censored_lines,
    case when measure = 'waiting' then lines else 0 end as open_lines
from counts
-- received before it was ordered: no duration
where days >= 0 or days is null
