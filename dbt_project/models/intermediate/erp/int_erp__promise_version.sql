{{ config(materialized='view') }}
{%- set key = '_order_bucket, purchase_order_line, schedule_line' %}
{%- set in_order = 'partition by ' ~ key ~ ' order by _ordered_at, _extracted_at, _batch_id, _row_number' %}

-- The promise ledger: one row each time the landed delivery date of a schedule line differed from the one before. Lines of one
-- version are left out: their one promise stands in that version.
with versions as (
    select * from {{ touched(ref('stg_sap_s4hana__purchase_order_schedule_line'), '_order_bucket') }}
    where _is_readable and not _deleted and delivery_date is not null and not coalesce(_is_only, false)
),

compared as (
    select
        *,
        lag(delivery_date) over ({{ in_order }}) as previous_promise_date,
        lag(statistics_date) over ({{ in_order }}) as previous_statistics_date
    from versions
),

numbered as (
    select
        *,
        row_number() over ({{ in_order }}) as promise_number,
        lead(1) over ({{ in_order }}) is null as is_latest
    from compared
    where previous_promise_date is null or previous_promise_date <> delivery_date
)

select
    _order_bucket,
    connection_id,
    purchase_order,
    purchase_order_line,
    schedule_line,
    promise_number,
    is_latest,
    delivery_date as promise_date,
    previous_promise_date,
    statistics_date,
    previous_statistics_date,
    _changed_at as changed_at,
    _extracted_at as landed_at,
    _ordered_at as ordered_at
from numbered
