{{ config(materialized='view') }}
{%- set line_key = ['order_bucket', 'purchase_order_line'] %}

-- Order, line, promise and receipt of each schedule line side by side, before any judgement.
with schedule_lines as (
    select * from {{ ref('int_erp__schedule_line_receipt') }}
),

purchase_orders as (
    select * from {{ touched(ref('int_erp__purchase_order')) }}
),

order_lines as (
    select * from {{ touched(ref('int_erp__purchase_order_line')) }}
),

-- the same thing ordered and delivered twice in one order; told before order and line join, because a window over wide rows is slow
counted as (
    select
        *,
        row_number() over (
            partition by order_bucket, item_hash, ordered_quantity, requested_date, in_full_document
            order by length(purchase_order_line), purchase_order_line, length(schedule_line), schedule_line
        ) > 1 as is_repeat
    from schedule_lines
)

select
    counted.order_bucket,
    counted.connection_id,
    counted.purchase_order,
    counted.purchase_order_line,
    counted.schedule_line,
    purchase_orders.vendor_key,
    purchase_orders.order_type,
    purchase_orders.company_code,
    purchase_orders.purchasing_organization,
    purchase_orders.purchasing_group,
    purchase_orders.order_date,
    purchase_orders.currency,
    purchase_orders.is_stock_transport,
    order_lines.plant,
    order_lines.material,
    order_lines.material_text,
    order_lines.material_group,
    order_lines.quantity_unit,
    order_lines.unit_price,
    order_lines.is_completely_delivered,
    order_lines.completed_at,
    order_lines.is_returns_item,
    order_lines.item_category,
    order_lines.is_receipt_expected,
    counted.ordered_quantity,
    counted.first_landed_at,
    counted.requested_date,
    counted.first_promise_date,
    counted.first_promise_basis,
    counted.latest_promise_date,
    counted.previous_promise_date,
    counted.promise_changed_at,
    counted.observed_promise_changes,
    counted.is_agreed_anew,
    counted.is_quantity_changed,
    counted.is_cancelled,
    counted.cancelled_at,
    counted.nothing_ordered_since,
    counted.ordered_before,
    counted.received_quantity,
    counted.in_full_date,
    counted.recorded_date,
    counted.recorded_at,
    counted.in_full_document,
    counted.has_receipt_in_other_unit,
    counted.is_repeat,
    counted.is_newest_unreadable
    or order_lines.is_newest_unreadable
    or purchase_orders.is_newest_unreadable
    or counted.has_unreadable_receipt as is_newest_unreadable
from counted
inner join purchase_orders
    on counted.order_bucket = purchase_orders.order_bucket
inner join order_lines
    on {{ same_key('counted', 'order_lines', line_key) }}
