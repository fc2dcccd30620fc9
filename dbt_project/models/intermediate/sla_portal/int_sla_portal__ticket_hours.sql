{{ config(materialized='ephemeral') }}

-- Seconds from opening to resolution: elapsed, paused, and those in the open hours of the contract's schedule.
with episodes as (
    select * from {{ ref('int_sla_portal__ticket_episode') }}
    where resolved_at >= opened_at
),

events as (
    select * from {{ ref('int_sla_portal__ticket_event') }}
),

verdicts as (
    select * from {{ ref('int_sla_portal__ticket_sla_verdict') }}
),

windows as (
    select * from {{ ref('int_sla_portal__service_window') }}
),

-- 3 is on hold; a pause that goes on after the resolution ends with it
stays_on_hold as (
    select
        episodes.connection_id,
        episodes.ticket_id,
        greatest(events.entered_at, episodes.opened_at) as starts_at,
        least(coalesce(events.left_at, episodes.resolved_at), episodes.resolved_at) as ends_at
    from events
    inner join episodes
        on events.connection_id = episodes.connection_id and events.ticket_id = episodes.ticket_id
    where
        events.state = '3'
        and events.entered_at < episodes.resolved_at
        and coalesce(events.left_at, episodes.resolved_at) > episodes.opened_at
),

pauses as (
    {{ merged_periods('stays_on_hold', ['connection_id', 'ticket_id']) }}
),

periods as (
    select
        connection_id,
        ticket_id,
        1 as weight,
        opened_at as starts_at,
        resolved_at as ends_at
    from episodes
    union all
    select
        connection_id,
        ticket_id,
        -1 as weight,
        starts_at,
        ends_at
    from pauses
),

-- open hours between two instants are the open hours before the second less those before the first
timeline as (
    select
        schedule,
        opens_at as happens_at,
        0 as is_point,
        cast(null as string) as connection_id,
        cast(null as string) as ticket_id,
        0 as weight,
        opens_at,
        closes_at,
        seconds_before
    from windows
    {%- for edge, sign in [('starts_at', '-1'), ('ends_at', '1')] %}
    union all
    select
        verdicts.schedule,
        periods.{{ edge }} as happens_at,
        1 as is_point,
        periods.connection_id,
        periods.ticket_id,
        {{ sign }} * periods.weight as weight,
        cast(null as timestamp) as opens_at,
        cast(null as timestamp) as closes_at,
        cast(null as bigint) as seconds_before
    from periods
    inner join verdicts
        on periods.connection_id = verdicts.connection_id and periods.ticket_id = verdicts.ticket_id
    where verdicts.schedule in (select windows.schedule from windows)
    {%- endfor %}
),

-- windows of a schedule do not overlap: the greatest of each is that of the last window
placed as (
    select
        *,
        max(opens_at) over last_windows as last_opens_at,
        max(closes_at) over last_windows as last_closes_at,
        max(seconds_before) over last_windows as last_seconds_before
    from timeline
    window last_windows as (
        partition by schedule
        order by happens_at, is_point
        rows between unbounded preceding and current row
    )
),

business as (
    select
        connection_id,
        ticket_id,
        sum(
            weight * (
                coalesce(last_seconds_before, 0)
                + coalesce({{ seconds_between('last_opens_at', 'least(happens_at, last_closes_at)') }}, 0)
            )
        ) as business_seconds
    from placed
    where is_point = 1
    group by connection_id, ticket_id
),

paused as (
    select
        connection_id,
        ticket_id,
        sum({{ seconds_between('starts_at', 'ends_at') }}) as pause_seconds
    from pauses
    group by connection_id, ticket_id
)

select
    episodes.connection_id,
    episodes.ticket_id,
    {{ seconds_between('episodes.opened_at', 'episodes.resolved_at') }} as gross_seconds,
    case
        when episodes.has_state_history then coalesce(paused.pause_seconds, 0)
        else verdicts.pause_seconds
    end as pause_seconds,
    case
        when episodes.has_state_history then 'state_history'
        when verdicts.pause_seconds is not null then 'sla_pause'
    end as pause_basis,
    business.business_seconds - case when episodes.has_state_history then 0 else verdicts.business_pause_seconds end as business_seconds
from episodes
left join paused
    on episodes.connection_id = paused.connection_id and episodes.ticket_id = paused.ticket_id
left join verdicts
    on episodes.connection_id = verdicts.connection_id and episodes.ticket_id = verdicts.ticket_id
left join business
    on episodes.connection_id = business.connection_id and episodes.ticket_id = business.ticket_id
