{{ config(materialized='ephemeral') }}

-- When each schedule is open, in UTC, with the open seconds before each window. Local hours become instants by the dated offsets
-- of the schedule's zone, so that a day on which clocks change has an hour less or more.
with calendar as (
    select * from {{ ref('seed_service_calendar') }}
),

offsets as (
    {{ local_offsets() }}
),

tickets as (
    select * from {{ ref('int_sla_portal__ticket') }}
),

bounds as (
    select
        cast(min(opened_at) as date) as first_day,
        {{ as_of_date() }} as last_day
    from tickets
),

numbers as (
    {{ number_series(5) }}
),

-- a day around, because a local day may begin before the UTC day and end after it
days as (
    select {{ add_days('bounds.first_day', 'numbers.number - 1') }} as day
    from bounds
    cross join numbers
    where numbers.number <= {{ days_between('bounds.first_day', 'bounds.last_day') }} + 2
),

-- a dated row replaces the weekday's hours of that date
local_hours as (
    select
        calendar.schedule,
        calendar.time_zone,
        days.day,
        calendar.opens,
        calendar.closes
    from days
    inner join calendar on {{ weekday_of('days.day') }} = calendar.weekday
    left join calendar as dated on calendar.schedule = dated.schedule and days.day = dated.day
    where dated.schedule is null
    union all
    select
        calendar.schedule,
        calendar.time_zone,
        days.day,
        calendar.opens,
        calendar.closes
    from days
    inner join calendar on days.day = calendar.day
    where calendar.opens is not null
),

local_edges as (
    select
        *,
        {{ dbt.dateadd('minute', minute_of_day('opens'), 'cast(day as timestamp)') }} as local_opens_at,
        {{ dbt.dateadd('minute', minute_of_day('closes'), 'cast(day as timestamp)') }} as local_closes_at
    from local_hours
),

windows as (
    select
        local_edges.schedule,
        {{ dbt.dateadd('minute', '-opening.utc_offset_minutes', 'local_edges.local_opens_at') }} as opens_at,
        {{ dbt.dateadd('minute', '-closing.utc_offset_minutes', 'local_edges.local_closes_at') }} as closes_at
    from local_edges
    inner join offsets as opening
        on {{ offset_holds('opening', 'local_edges.time_zone', 'local_edges.local_opens_at') }}
    inner join offsets as closing
        on {{ offset_holds('closing', 'local_edges.time_zone', 'local_edges.local_closes_at') }}
)

select
    schedule,
    opens_at,
    closes_at,
    coalesce(
        sum({{ seconds_between('opens_at', 'closes_at') }}) over (
            partition by schedule
            order by opens_at
            rows between unbounded preceding and 1 preceding
        ),
        0
    ) as seconds_before
from windows
