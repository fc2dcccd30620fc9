{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['vendor_key', 'month'],
    touched_in='int_vendor_month__change',
) }}
-- On-time delivery against three dates; each line counts in the month in which that date fell, once date and grace have passed.
with counts as (
    select * from {{ ref('int_vendor_month__count') }}
    where
        measure in ('first_promise', 'latest_promise', 'requested') {{ and_month_is_touched() }}
)

select
    vendor_key,
    month,
    cast(sum(case when measure = 'first_promise' then lines else 0 end) as bigint) as first_promise_due,
    cast(sum(case when measure = 'first_promise' then counted_lines else 0 end) as bigint) as first_promise_on_time,
    cast(sum(case when measure = 'latest_promise' then lines else 0 end) as bigint) as latest_promise_due,
    cast(sum(case when measure = 'latest_promise' then counted_lines else 0 end) as bigint) as latest_promise_on_time,
    cast(sum(case when measure = 'requested' then lines else 0 end) as bigint) as requested_due,
    cast(sum(case when measure = 'requested' then counted_lines else 0 end) as bigint) as requested_on_time
from counts
group by vendor_key, month
