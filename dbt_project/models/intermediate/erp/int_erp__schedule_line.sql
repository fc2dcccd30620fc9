{{ config(materialized='view') }}
{%- set line_key = ['order_bucket', 'purchase_order_line'] %}

-- Schedule lines with their promises and whether anything is still expected of them.
with promises as (
    select * from {{ ref('int_erp__promise') }}
),

order_lines as (
    select * from {{ touched(ref('int_erp__purchase_order_line')) }}
),

order_versions as (
    select * from {{ touched(ref('stg_sap_s4hana__purchase_order'), '_order_bucket') }}
),

with_line as (
    select
        promises.*,
        order_lines.is_cancelled as is_line_cancelled,
        order_lines.cancelled_at as line_cancelled_at,
        order_lines.underdelivery_tolerance_pct,
        order_lines.item_hash,
        order_lines.order_has_children,
        order_lines.order_seen_changed_at,
        order_lines.order_seen_extracted_at
    from promises
    inner join order_lines
        on {{ same_key('promises', 'order_lines', line_key) }}
),

doubted as (
    select
        *,
        {{ seen_before_header('with_line', 'order') }} as is_in_doubt
    from with_line
),

dropped as (
    {{ dropped_children('order_versions', 'doubted', 'purchase_order_schedule_line', ['purchase_order_line', 'schedule_line']) }}
),

with_order as (
    select
        doubted.*,
        dropped.dropped_at
    from doubted
    left join dropped
        on {{ same_key('doubted', 'dropped', line_key + ['schedule_line']) }}
)

select
    order_bucket,
    connection_id,
    purchase_order,
    purchase_order_line,
    schedule_line,
    ordered_quantity,
    underdelivery_tolerance_pct,
    item_hash,
    first_landed_at,
    requested_date,
    first_promise_date,
    first_promise_basis,
    latest_promise_date,
    previous_promise_date,
    promise_changed_at,
    observed_promise_changes,
    is_agreed_anew,
    is_quantity_changed,
    is_line_cancelled or dropped_at is not null or _deleted as is_cancelled,
    -- the first of the reasons that hold; least() skips those that do not
    least(line_cancelled_at, dropped_at, case when _deleted then _ordered_at end) as cancelled_at,
    nothing_ordered_since,
    is_newest_unreadable
from with_order
