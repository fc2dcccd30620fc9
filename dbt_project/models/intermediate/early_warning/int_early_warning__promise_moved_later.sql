{{ config(materialized='view') }}
{% set key = 'order_bucket, purchase_order_line, schedule_line' -%}
{% set line_key = ['order_bucket', 'purchase_order_line', 'schedule_line'] -%}

-- Episodes in which an open line's date was seen to move later. An episode begins with a move to a later date, holds while the date
-- stays behind the first promise or moves on, and ends when the date is back at the first promise or before, or the line ends. What
-- begins again on the day on which it began is the same episode, which has its name from that day.
with promise_versions as (
    select * from {{ ref('int_early_warning__promise') }}
),

-- a date changed after the line ended promises nothing; what came before the first landing was not observed
moves as (
    select
        *,
        case
            when promise_date > previous_promise_date then 1
            when promise_date <= first_promise_date then 0
        end as switch
    from promise_versions
    where promise_number > 1 and (ended_at is null or ordered_at < ended_at)
),

stretches as (
    select
        *,
        count(switch) over (partition by {{ key }} order by promise_number) as stretch
    from moves
),

held as (
    select
        *,
        coalesce(max(switch) over (partition by {{ key }}, stretch), 0) as is_later
    from stretches
),

bounded as (
    select
        *,
        case
            when is_later = 1 and coalesce(lag(is_later) over (partition by {{ key }} order by promise_number), 0) = 0 then 1
            else 0
        end as is_start,
        case
            when lead(is_later) over (partition by {{ key }} order by promise_number) = 0
                then lead(ordered_at) over (partition by {{ key }} order by promise_number)
        end as restored_at
    from held
),

numbered as (
    select
        *,
        sum(is_start) over (partition by {{ key }} order by promise_number) as episode_number
    from bounded
),

stretches_behind as (
    select
        {{ key }},
        episode_number,
        min(ordered_at) as started_at,
        max(promise_number) as last_promise_number,
        max(
            greatest(
                {{ days_between('first_promise_date', 'promise_date') }},
                {{ days_between('previous_promise_date', 'promise_date') }}
            )
        ) as days_late
    from numbered
    where is_later = 1
    group by {{ key }}, episode_number
),

episodes as (
    select
        {{ key }},
        min(started_at) as started_at,
        max(last_promise_number) as last_promise_number,
        max(days_late) as days_late
    from stretches_behind
    group by {{ key }}, cast(started_at as date)
)

select
    episodes.order_bucket,
    episodes.purchase_order_line,
    episodes.schedule_line,
    episodes.started_at,
    coalesce(last_moves.restored_at, last_moves.ended_at) as cleared_at,
    case
        when last_moves.restored_at is not null then 'promise_restored'
        else last_moves.end_reason
    end as clear_reason,
    last_moves.previous_promise_date,
    last_moves.promise_date as latest_promise_date,
    episodes.days_late,
    cast(null as date) as counts_since
from episodes
inner join numbered as last_moves
    on
        {{ same_key('episodes', 'last_moves', line_key) }}
        and episodes.last_promise_number = last_moves.promise_number
