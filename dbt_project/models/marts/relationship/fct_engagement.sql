with engagements as (
    select * from {{ ref('int_crm__engagement') }}
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'crm'
)

select
    engagements.connection_id || ':' || engagements.engagement_id as engagement_key,
    engagements.connection_id,
    engagements.engagement_number as engagement,
    crosswalk.vendor_key,
    engagements.account_id as crm_account_id,
    engagements.kind,
    engagements.title,
    engagements.held_on,
    cast(engagements.duration_days as double) as duration_days,
    cast(engagements.participants_ours as integer) as participants_ours,
    cast(engagements.participants_vendor as integer) as participants_vendor,
    -- what lies in the future was not held, whatever the record says; where the day is not known the record is believed
    case
        when engagements.status = 'Cancelled' then 'cancelled'
        when engagements.status = 'Held' and coalesce(engagements.held_on <= {{ as_of_date() }}, true) then 'held'
        when engagements.held_on < {{ as_of_date() }} then 'not_confirmed'
        else 'planned'
    end as state,
    engagements.outcome
from engagements
left join crosswalk
    on engagements.connection_id = crosswalk.connection_id and engagements.account_id = crosswalk.external_id
