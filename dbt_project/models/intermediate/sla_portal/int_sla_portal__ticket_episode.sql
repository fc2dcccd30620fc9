{{ config(materialized='ephemeral') }}

-- When a ticket was resolved for good: the first resolution that no reopening followed within the stable hours.
with tickets as (
    select * from {{ ref('int_sla_portal__ticket') }}
),

events as (
    select * from {{ ref('int_sla_portal__ticket_event') }}
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

-- 1 new, 2 in progress, 3 on hold; 6 resolved, 7 closed
placed as (
    select
        *,
        coalesce(state in ('6', '7'), false) as is_resolution,
        lag(state) over (partition by connection_id, ticket_id order by entered_at, state) as state_before,
        min(case when state in ('1', '2', '3') then entered_at end) over (
            partition by connection_id, ticket_id
            order by entered_at, state
            rows between 1 following and unbounded following
        ) as next_active_at
    from events
),

episodes as (
    select
        placed.connection_id,
        placed.ticket_id,
        cast(
            sum(case when placed.state in ('1', '2', '3') and placed.state_before in ('6', '7') then 1 else 0 end) as bigint
        ) as reopenings,
        min(
            case
                when
                    placed.is_resolution
                    and (
                        placed.next_active_at is null
                        or {{ hours_between('placed.entered_at', 'placed.next_active_at') }} > settings.ticket_stable_hours
                    )
                    then placed.entered_at
            end
        ) as stable_resolution_at
    from placed
    cross join settings
    group by placed.connection_id, placed.ticket_id
)

select
    tickets.connection_id,
    tickets.ticket_id,
    tickets.opened_at,
    case when not tickets.is_cancelled then coalesce(episodes.stable_resolution_at, tickets.resolved_at) end as resolved_at,
    case
        when tickets.is_cancelled then null
        when episodes.stable_resolution_at is not null then 'state_history'
        when tickets.resolved_at is not null then 'portal'
    end as resolution_basis,
    episodes.reopenings,
    episodes.ticket_id is not null as has_state_history,
    coalesce(tickets.is_open and episodes.stable_resolution_at is not null, false) as is_reopened_later
from tickets
left join episodes
    on tickets.connection_id = episodes.connection_id and tickets.ticket_id = episodes.ticket_id
