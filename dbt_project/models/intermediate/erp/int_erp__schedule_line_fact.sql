{% set line_key = ['connection_id', 'purchase_order', 'purchase_order_line'] -%}
{% set schedule_key = line_key + ['schedule_line'] -%}

-- Order, line, promise and receipt of each schedule line side by side, before any judgement.
with schedule_lines as (
    select * from {{ ref('int_erp__schedule_line') }}
),

purchase_orders as (
    select * from {{ ref('int_erp__purchase_order') }}
),

purchase_order_lines as (
    select * from {{ ref('int_erp__purchase_order_line') }}
),

receipts as (
    select * from {{ ref('int_erp__schedule_line_receipt') }}
),

goods_receipts as (
    select * from {{ ref('int_erp__goods_receipt') }}
    where effective_quantity <> 0
),

-- a receipt in another unit cannot be counted, so the line may look open although goods came
receipt_doubts as (
    select
        goods_receipts.connection_id,
        goods_receipts.purchase_order,
        goods_receipts.purchase_order_line,
        max(
            case when goods_receipts.quantity_unit is distinct from purchase_order_lines.quantity_unit then 1 else 0 end
        ) = 1 as has_other_unit,
        max(case when goods_receipts.is_newest_unreadable then 1 else 0 end) = 1 as has_unreadable_receipt
    from goods_receipts
    inner join purchase_order_lines
        on {{ same_key('goods_receipts', 'purchase_order_lines', line_key) }}
    group by goods_receipts.connection_id, goods_receipts.purchase_order, goods_receipts.purchase_order_line
)

select
    schedule_lines.connection_id,
    schedule_lines.purchase_order,
    schedule_lines.purchase_order_line,
    schedule_lines.schedule_line,
    purchase_orders.vendor_key,
    purchase_orders.order_type,
    purchase_orders.company_code,
    purchase_orders.purchasing_organization,
    purchase_orders.purchasing_group,
    purchase_orders.order_date,
    purchase_orders.currency,
    purchase_orders.is_stock_transport,
    purchase_order_lines.plant,
    purchase_order_lines.material,
    purchase_order_lines.material_text,
    purchase_order_lines.material_group,
    purchase_order_lines.quantity_unit,
    purchase_order_lines.unit_price,
    purchase_order_lines.is_completely_delivered,
    purchase_order_lines.completed_at,
    purchase_order_lines.is_returns_item,
    schedule_lines.ordered_quantity,
    schedule_lines.first_landed_at,
    schedule_lines.requested_date,
    schedule_lines.first_promise_date,
    schedule_lines.first_promise_basis,
    schedule_lines.latest_promise_date,
    schedule_lines.previous_promise_date,
    schedule_lines.promise_changed_at,
    schedule_lines.observed_promise_changes,
    schedule_lines.is_cancelled,
    schedule_lines.cancelled_at,
    schedule_lines.changed_at,
    coalesce(receipts.ordered_before, 0) as ordered_before,
    coalesce(receipts.received_quantity, 0) as received_quantity,
    receipts.in_full_date,
    receipts.recorded_date,
    receipts.recorded_at,
    receipts.in_full_document,
    coalesce(receipt_doubts.has_other_unit, false) as has_receipt_in_other_unit,
    schedule_lines.is_newest_unreadable
    or purchase_order_lines.is_newest_unreadable
    or purchase_orders.is_newest_unreadable
    or coalesce(receipt_doubts.has_unreadable_receipt, false) as is_newest_unreadable
from schedule_lines
inner join purchase_orders
    on
        schedule_lines.connection_id = purchase_orders.connection_id
        and schedule_lines.purchase_order = purchase_orders.purchase_order
inner join purchase_order_lines
    on {{ same_key('schedule_lines', 'purchase_order_lines', line_key) }}
left join receipts
    on {{ same_key('schedule_lines', 'receipts', schedule_key) }}
left join receipt_doubts
    on {{ same_key('schedule_lines', 'receipt_doubts', line_key) }}
