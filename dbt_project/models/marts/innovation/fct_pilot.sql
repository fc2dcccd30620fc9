with pilots as (
    select * from {{ ref('int_crm__pilot') }}
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'crm'
)

select
    pilots.connection_id || ':' || pilots.pilot_id as pilot_key,
    pilots.connection_id,
    pilots.pilot_number as pilot,
    crosswalk.vendor_key,
    pilots.account_id as crm_account_id,
    pilots.connection_id || ':' || pilots.proposal_id as proposal_key,
    pilots.title,
    pilots.goal,
    pilots.status,
    pilots.start_date,
    pilots.end_date,
    {{ days_between('pilots.start_date', 'pilots.end_date') }} as duration_days,
    coalesce(pilots.status in ('Planned', 'Running') and pilots.end_date < {{ as_of_date() }}, false) as is_overdue,
    pilots.outcome,
    pilots.lesson_learned,
    coalesce(pilots.status in ('Completed', 'Stopped') and pilots.lesson_learned is null, false) as is_lesson_missing,
    cast(pilots.budget as double) as budget,
    pilots.currency
from pilots
left join crosswalk
    on pilots.connection_id = crosswalk.connection_id and pilots.account_id = crosswalk.external_id
