{{ config(materialized='view') }}
{%- set line_key = ['order_bucket', 'purchase_order_line'] %}

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
            sum(case when is_cancelled then 0 else coalesce(ordered_quantity, 0) end) over (
                partition by {{ line_key | join(', ') }}
                order by
                    -- a line for nothing stands last, so that what was ordered before it is all that was
                    case when ordered_quantity = 0 then 1 else 0 end,
                    latest_promise_date nulls last,
                    length(schedule_line),
                    schedule_line
                rows between unbounded preceding and current row
            ) as decimal(18, 3)
        ) as ordered_so_far
    from schedule_lines
),

-- the quantity from which on a line is in full, times 100, because the tolerance is a percentage and decimals stay exact. Goods are for a
-- line for nothing only where nothing is ordered on the whole order line; then any will do.
targets as (
    select
        *,
        case
            when is_cancelled then null
            when ordered_quantity <> 0 then ordered_so_far * (100 - underdelivery_tolerance_pct)
            when ordered_quantity = 0 and ordered_so_far = 0 then 0.1
        end as in_full_from_times_100
    from queued
),

-- a receipt in another unit cannot be counted, so the line may look open although goods came
received as (
    select
        order_bucket,
        purchase_order_line,
        sum(received_quantity) as received_quantity,
        max(case when received_quantity is null then 1 else 0 end) = 1 as has_other_unit,
        max(case when is_newest_unreadable then 1 else 0 end) = 1 as has_unreadable_receipt
    from goods_receipts
    group by order_bucket, purchase_order_line
)

select
    targets.*,
    case when not targets.is_cancelled then targets.ordered_so_far - coalesce(targets.ordered_quantity, 0) else 0 end as ordered_before,
    -- least() skips nulls, and of an unknown quantity it would make all that came
    case
        when not targets.is_cancelled and targets.ordered_quantity is not null
            then least(
                targets.ordered_quantity,
                greatest(coalesce(received.received_quantity, 0) - (targets.ordered_so_far - targets.ordered_quantity), 0)
            )
        else 0
    end as received_quantity,
    progress.posting_date as in_full_date,
    progress.created_date as recorded_date,
    progress.recorded_at,
    progress.document_year || '/' || progress.material_document as in_full_document,
    coalesce(received.has_other_unit, false) as has_receipt_in_other_unit,
    coalesce(received.has_unreadable_receipt, false) as has_unreadable_receipt
from targets
left join received
    on {{ same_key('targets', 'received', line_key) }}
-- the event with which the quantity was there for good
left join progress
    on
        {{ same_key('targets', 'progress', line_key) }}
        and progress.received_for_good * 100 >= targets.in_full_from_times_100
        and (
            progress.received_for_good_before is null
            or progress.received_for_good_before * 100 < targets.in_full_from_times_100
        )
