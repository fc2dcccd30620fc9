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

-- days is null where nothing was measured; is_counted marks what the measure counts beside its days
observations as (
    select
        vendor_key,
        {{ month_of('first_promise_date') }} as month,
        'slip' as measure,
        slip_days as days,
        case when state = 'overdue' then 1 else 0 end as is_counted
    from schedule_lines
    -- a line delivered before it was due joins its month once the promise has passed, as in on-time delivery
    where first_promise_date < {{ as_of_date() }}
    union all
    select
        vendor_key,
        {{ month_of('lead_time_from') }} as month,
        'lead_time' as measure,
        {{ days_between('lead_time_from', 'in_full_date') }} as days,
        case when in_full_date is null then 1 else 0 end as is_counted
    from schedule_lines
    where lead_time_from is not null
    union all
    select
        vendor_key,
        {{ month_of('coalesce(changed_at, landed_at)') }} as month,
        direction as measure,
        cast(null as integer) as days,
        1 as is_counted
    from promise_changes
),

-- counted before percentiles are taken: those of rows cannot leave the memory, and at 16 million lines two models at once wrote more than
-- 60 GB trying to
counts as (
    select
        observations.vendor_key,
        observations.month,
        observations.measure,
        observations.days,
        count(*) as lines,
        sum(observations.is_counted) as counted_lines
    from observations
    {{ join_months_counted_anew('observations') }}
    where observations.month is not null
    group by observations.vendor_key, observations.month, observations.measure, observations.days
),

ranked as (
    select
        *,
        sum(case when days is null then 0 else lines end) over (
            partition by vendor_key, month, measure order by days rows between unbounded preceding and current row
        ) as lines_so_far,
        sum(case when days is null then 0 else lines end) over (
            partition by vendor_key, month, measure order by days rows between unbounded preceding and unbounded following
        ) as lines_in_all
    from counts
)

select
    vendor_key,
    month,
    {{ percentile_of_counts('days', 'lines_so_far', 'lines_in_all', 0.5, "measure = 'slip'") }} as slip_p50_days,
    {{ percentile_of_counts('days', 'lines_so_far', 'lines_in_all', 0.9, "measure = 'slip'") }} as slip_p90_days,
    cast(sum(case when measure = 'slip' and days is not null then lines else 0 end) as bigint) as slip_n,
    cast(sum(case when measure = 'slip' then counted_lines else 0 end) as bigint) as overdue_lines,
    {{ percentile_of_counts('days', 'lines_so_far', 'lines_in_all', 0.5, "measure = 'lead_time'") }} as lead_time_delivered_only_p50_days,
    cast(sum(case when measure = 'lead_time' and days is not null then lines else 0 end) as bigint) as lead_time_delivered_only_n,
    cast(sum(case when measure = 'lead_time' then counted_lines else 0 end) as bigint) as lead_time_open_lines,
    cast(sum(case when measure = 'later' then counted_lines else 0 end) as bigint) as promise_moves_later,
    cast(sum(case when measure = 'earlier' then counted_lines else 0 end) as bigint) as promise_moves_earlier
from ranked
group by vendor_key, month
