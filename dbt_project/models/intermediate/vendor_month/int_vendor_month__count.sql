{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['vendor_key', 'month'],
    touched_in='int_vendor_month__change',
    empties='int_vendor_month__taken_down',
) }}
-- How many lines and promise moves of a vendor's month there are for each number of days: see macro vendor_month_counts. An increment
-- goes on from what was counted, so that it costs what the touched orders cost, and not what their vendors' months hold.
{{ runs_after('int_vendor_month__change') }}{{ runs_after('int_vendor_month__taken_down') }}
{% if makes_all_orders() -%}
{{ vendor_month_counts(ref('fct_schedule_line'), ref('fct_promise_change')) }}
{%- else -%}
with changes as (
    select * from {{ ref('int_vendor_month__change') }}
),

counted_before as (
    select * from {{ this }}
    where true {{ and_month_is_touched() }}
),

counts as (
    select * from counted_before
    union all
    select * from changes
)

{{ added_up_counts('counts') }}
having sum(lines) <> 0
{%- endif %}
