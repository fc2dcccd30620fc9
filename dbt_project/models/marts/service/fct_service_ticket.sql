with tickets as (
    select * from {{ ref('int_sla_portal__ticket') }}
),

episodes as (
    select * from {{ ref('int_sla_portal__ticket_episode') }}
),

hours as (
    select * from {{ ref('int_sla_portal__ticket_hours') }}
),

verdicts as (
    select * from {{ ref('int_sla_portal__ticket_sla_verdict') }}
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'sla_portal'
),

vendors as (
    select * from {{ ref('dim_vendor') }}
)

select
    tickets.connection_id || ':' || tickets.ticket_id as ticket_key,
    tickets.connection_id,
    tickets.ticket,
    crosswalk.vendor_key,
    vendors.vendor_name,
    tickets.organisation_name,
    tickets.state,
    tickets.priority,
    tickets.category,
    tickets.contact_type,
    tickets.assignment_group,
    tickets.opened_at,
    episodes.resolved_at,
    episodes.resolution_basis,
    tickets.closed_at,
    hours.gross_seconds / cast(3600 as double) as gross_hours,
    hours.pause_seconds / cast(3600 as double) as pause_hours,
    -- a pause that the portal counted beyond the resolution leaves nothing, not less than nothing
    case
        when hours.pause_seconds > hours.gross_seconds then 0
        else (hours.gross_seconds - hours.pause_seconds) / cast(3600 as double)
    end as net_hours,
    hours.pause_basis,
    case when hours.business_seconds < 0 then 0 else hours.business_seconds / cast(3600 as double) end as business_hours,
    verdicts.schedule,
    verdicts.resolution_target,
    verdicts.resolution_state,
    verdicts.resolution_planned_end_at,
    verdicts.resolution_breached_at,
    verdicts.response_state,
    verdicts.underpinning_state,
    verdicts.underpinning_planned_end_at,
    tickets.is_open,
    tickets.is_cancelled,
    episodes.reopenings,
    tickets.reopen_count,
    tickets.reassignment_count,
    tickets.made_sla,
    nullif(
        concat_ws(
            ',',
            case when episodes.resolved_at < tickets.opened_at then 'resolved_before_opened' end,
            case when tickets.opened_at is null then 'no_opening_time' end,
            case when not tickets.is_open and not tickets.is_cancelled and episodes.resolved_at is null then 'no_resolution_time' end,
            case when episodes.is_reopened_later then 'reopened_after_stable_resolution' end,
            case when hours.pause_seconds > hours.gross_seconds then 'paused_longer_than_it_ran' end,
            case when tickets.is_newest_unreadable then 'unreadable_newest_version' end
        ),
        ''
    ) as data_flags
from tickets
inner join episodes
    on tickets.connection_id = episodes.connection_id and tickets.ticket_id = episodes.ticket_id
left join hours
    on tickets.connection_id = hours.connection_id and tickets.ticket_id = hours.ticket_id
left join verdicts
    on tickets.connection_id = verdicts.connection_id and tickets.ticket_id = verdicts.ticket_id
left join crosswalk
    on tickets.connection_id = crosswalk.connection_id and tickets.organisation_id = crosswalk.external_id
left join vendors
    on crosswalk.vendor_key = vendors.vendor_key
