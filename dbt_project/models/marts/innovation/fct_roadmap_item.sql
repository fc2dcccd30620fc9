with items as (
    select * from {{ ref('int_crm__roadmap_item') }}
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'crm'
)

select
    items.connection_id || ':' || items.roadmap_item_id as roadmap_item_key,
    items.connection_id,
    items.roadmap_item_number as roadmap_item,
    crosswalk.vendor_key,
    items.account_id as crm_account_id,
    items.title,
    items.status,
    items.planned_start,
    items.planned_end,
    items.actual_end,
    {{ days_between('items.planned_end', 'items.actual_end') }} as slip_days,
    -- what was given up is not late
    coalesce(
        items.actual_end is null and items.planned_end < {{ as_of_date() }} and coalesce(items.status, '') <> 'Cancelled', false
    ) as is_overdue,
    cast(items.investment as double) as investment,
    items.currency,
    items.our_share_pct / cast(100 as double) as our_share,
    items.investment * items.our_share_pct / cast(100 as double) as our_investment,
    items.ip_terms
from items
left join crosswalk
    on items.connection_id = crosswalk.connection_id and items.account_id = crosswalk.external_id
