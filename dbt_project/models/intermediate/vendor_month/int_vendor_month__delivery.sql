{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['vendor_key', 'month'],
    touched_in='int_vendor_month__change',
) }}

-- Slip and overdue lines by the month of the first promise, lead time by the order month, promise moves by their own month.
with counts as (
    select * from {{ ref('int_vendor_month__count') }}
    where
        measure in ('slip', 'received', 'waiting', 'later', 'earlier') {{ and_month_is_touched() }}
),

-- percentiles of rows that were counted first: those of rows cannot leave the memory, and at 16 million lines they wrote more than 60 GB
-- beside another large model
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
    {{ percentile_of_counts('days', 'lines_so_far', 'lines_in_all', 0.5, "measure = 'received'") }} as lead_time_delivered_only_p50_days,
    cast(sum(case when measure = 'received' then lines else 0 end) as bigint) as lead_time_delivered_only_n,
    cast(sum(case when measure = 'waiting' then lines else 0 end) as bigint) as lead_time_open_lines,
    cast(sum(case when measure = 'later' then lines else 0 end) as bigint) as promise_moves_later,
    cast(sum(case when measure = 'earlier' then lines else 0 end) as bigint) as promise_moves_earlier
from ranked
group by vendor_key, month
