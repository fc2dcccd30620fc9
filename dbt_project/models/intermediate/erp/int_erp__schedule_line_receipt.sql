{{ config(materialized='view') }}
{%- set line_key = ['connection_id', 'purchase_order', 'purchase_order_line'] %}

-- Schedule lines with the receipts of their order line allocated, first due first served; a cancelled one takes nothing.
with schedule_lines as (
    select * from {{ ref('int_erp__schedule_line') }}
),

progress as (
    select * from {{ ref('int_erp__receipt_progress') }}
),

goods_receipts as (
    select * from {{ touched(ref('int_erp__goods_receipt')) }}
    where effective_quantity <> 0
),

queued as (
    select
        *,
        cast(
            sum(case when is_cancelled then 0 else ordered_quantity end) over (
                partition by {{ line_key | join(', ') }}
                order by
                    latest_promise_date nulls last,
                    length(schedule_line),
                    schedule_line
                rows between unbounded preceding and current row
            ) as decimal(18, 3)
        ) as ordered_so_far
    from schedule_lines
),

-- a receipt in another unit cannot be counted, so the line may look open although goods came
received as (
    select
        connection_id,
        purchase_order,
        purchase_order_line,
        sum(received_quantity) as received_quantity,
        max(case when received_quantity is null then 1 else 0 end) = 1 as has_other_unit,
        max(case when is_newest_unreadable then 1 else 0 end) = 1 as has_unreadable_receipt
    from goods_receipts
    group by connection_id, purchase_order, purchase_order_line
)

select
    queued.*,
    case when not queued.is_cancelled then queued.ordered_so_far - queued.ordered_quantity else 0 end as ordered_before,
    case
        when not queued.is_cancelled
            then least(
                queued.ordered_quantity,
                greatest(coalesce(received.received_quantity, 0) - (queued.ordered_so_far - queued.ordered_quantity), 0)
            )
        else 0
    end as received_quantity,
    progress.posting_date as in_full_date,
    progress.created_date as recorded_date,
    progress.recorded_at,
    progress.document_year || '/' || progress.material_document as in_full_document,
    coalesce(received.has_other_unit, false) as has_receipt_in_other_unit,
    coalesce(received.has_unreadable_receipt, false) as has_unreadable_receipt
from queued
left join received
    on {{ same_key('queued', 'received', line_key) }}
-- the event with which the quantity was there for good; both sides times 100: the tolerance is a percentage, and decimals stay exact
left join progress
    on
        {{ same_key('queued', 'progress', line_key) }}
        and not queued.is_cancelled
        and progress.received_for_good * 100 >= queued.ordered_so_far * (100 - queued.underdelivery_tolerance_pct)
        and (
            progress.received_for_good_before is null
            or progress.received_for_good_before * 100 < queued.ordered_so_far * (100 - queued.underdelivery_tolerance_pct)
        )
