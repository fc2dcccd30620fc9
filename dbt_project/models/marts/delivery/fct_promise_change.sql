{{ config(materialized='incremental', incremental_strategy='replace_touched', unique_key='order_bucket') }}

with promise_versions as (
    select * from {{ ref('int_erp__promise_version') }}
    where promise_number > 1
),

schedule_lines as (
    select * from {{ touched(ref('fct_schedule_line')) }}
)

select
    schedule_lines.order_bucket,
    schedule_lines.schedule_line_key || '#' || cast(promise_versions.promise_number - 1 as string) as promise_change_key,
    schedule_lines.schedule_line_key,
    promise_versions.connection_id,
    schedule_lines.vendor_key,
    schedule_lines.vendor_name,
    promise_versions.purchase_order,
    promise_versions.purchase_order_line,
    promise_versions.schedule_line,
    cast(promise_versions.promise_number - 1 as integer) as change_number,
    promise_versions.changed_at,
    promise_versions.landed_at,
    promise_versions.previous_promise_date as from_date,
    promise_versions.promise_date as to_date,
    {{ days_between('promise_versions.previous_promise_date', 'promise_versions.promise_date') }} as days_moved,
    {{ days_between('cast(promise_versions.ordered_at as date)', 'promise_versions.previous_promise_date') }} as notice_days,
    case
        when promise_versions.promise_date > promise_versions.previous_promise_date then 'later'
        else 'earlier'
    end as direction,
    -- the statistics date is what both sides agreed on: who moves the delivery date alone moves it without the other
    case
        when promise_versions.statistics_date <> promise_versions.previous_statistics_date then 'agreed'
        when promise_versions.statistics_date = promise_versions.previous_statistics_date then 'vendor'
        else 'unknown'
    end as moved_by,
    schedule_lines.is_vendor_performance
-- in this order DuckDB looks for the lines of touched orders first; the other way round it reads all lines (1.0 s, not 0.5, at 16 million)
from schedule_lines
inner join promise_versions
    on
        schedule_lines.order_bucket = promise_versions._order_bucket
        and schedule_lines.purchase_order_line = promise_versions.purchase_order_line
        and schedule_lines.schedule_line = promise_versions.schedule_line
