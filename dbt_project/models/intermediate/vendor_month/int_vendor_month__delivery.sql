{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['vendor_key', 'month'],
    touched_in='int_vendor_month__counted_anew',
) }}

-- Slip and overdue lines by the month of the first promise, lead time by the order month, promise moves by their own month.
with schedule_lines as (
    select * from {{ lines_to_count() }}
    where
        is_vendor_performance
        and state <> 'cancelled'
),

promise_changes as (
    select * from {{ ref('fct_promise_change') }}
    where is_vendor_performance
),

observations as (
    select
        vendor_key,
        {{ month_of('first_promise_date') }} as month,
        slip_days,
        case when state = 'overdue' then 1 else 0 end as is_overdue,
        cast(null as integer) as lead_days,
        0 as is_undelivered,
        cast(null as string) as direction
    from schedule_lines
    -- a line delivered before it was due joins its month once the promise has passed, as in on-time delivery
    where first_promise_date < {{ as_of_date() }}
    union all
    select
        vendor_key,
        {{ month_of('lead_time_from') }} as month,
        cast(null as integer) as slip_days,
        0 as is_overdue,
        {{ days_between('lead_time_from', 'in_full_date') }} as lead_days,
        case when in_full_date is null then 1 else 0 end as is_undelivered,
        cast(null as string) as direction
    from schedule_lines
    where lead_time_from is not null
    union all
    select
        vendor_key,
        {{ month_of('coalesce(changed_at, landed_at)') }} as month,
        cast(null as integer) as slip_days,
        0 as is_overdue,
        cast(null as integer) as lead_days,
        0 as is_undelivered,
        direction
    from promise_changes
)

select
    observations.vendor_key,
    observations.month,
    {{ percentile('observations.slip_days', 0.5) }} as slip_p50_days,
    {{ percentile('observations.slip_days', 0.9) }} as slip_p90_days,
    cast(count(observations.slip_days) as bigint) as slip_n,
    cast(sum(observations.is_overdue) as bigint) as overdue_lines,
    {{ percentile('observations.lead_days', 0.5) }} as lead_time_delivered_only_p50_days,
    cast(count(observations.lead_days) as bigint) as lead_time_delivered_only_n,
    cast(sum(observations.is_undelivered) as bigint) as lead_time_open_lines,
    cast(sum(case when observations.direction = 'later' then 1 else 0 end) as bigint) as promise_moves_later,
    cast(sum(case when observations.direction = 'earlier' then 1 else 0 end) as bigint) as promise_moves_earlier
from observations
{{ join_months_counted_anew('observations') }}
where observations.month is not null
group by observations.vendor_key, observations.month
