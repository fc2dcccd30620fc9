{% set line_key = ['connection_id', 'purchase_order', 'purchase_order_line'] -%}
{% set schedule_key = line_key + ['schedule_line'] -%}

-- Receipts allocated to the schedule lines of an order line, first due first served; a cancelled schedule line takes nothing.
with schedule_lines as (
    select * from {{ ref('int_erp__schedule_line') }}
    where not is_cancelled
),

purchase_order_lines as (
    select * from {{ ref('int_erp__purchase_order_line') }}
),

progress as (
    select * from {{ ref('int_erp__receipt_progress') }}
),

queued as (
    select
        schedule_lines.*,
        purchase_order_lines.underdelivery_tolerance_pct,
        sum(schedule_lines.ordered_quantity) over (
            partition by schedule_lines.connection_id, schedule_lines.purchase_order, schedule_lines.purchase_order_line
            order by
                schedule_lines.latest_promise_date nulls last,
                length(schedule_lines.schedule_line),
                schedule_lines.schedule_line
            rows between unbounded preceding and current row
        ) as ordered_so_far
    from schedule_lines
    inner join purchase_order_lines
        on {{ same_key('schedule_lines', 'purchase_order_lines', line_key) }}
),

in_full as (
    select
        queued.connection_id,
        queued.purchase_order,
        queued.purchase_order_line,
        queued.schedule_line,
        progress.posting_date as in_full_date,
        progress.created_date as recorded_date,
        progress.recorded_at,
        progress.document_year || '/' || progress.material_document as in_full_document,
        row_number() over (
            partition by queued.connection_id, queued.purchase_order, queued.purchase_order_line, queued.schedule_line
            order by progress.event_number
        ) as place
    from queued
    inner join progress
        on
            {{ same_key('queued', 'progress', line_key) }}
            -- both sides times 100: the tolerance is a percentage, and decimals stay exact
            and progress.received_for_good * 100 >= queued.ordered_so_far * (100 - queued.underdelivery_tolerance_pct)
),

received as (
    select
        connection_id,
        purchase_order,
        purchase_order_line,
        sum(effective_quantity) as received_quantity
    from progress
    group by connection_id, purchase_order, purchase_order_line
)

select
    queued.connection_id,
    queued.purchase_order,
    queued.purchase_order_line,
    queued.schedule_line,
    cast(queued.ordered_so_far - queued.ordered_quantity as decimal(18, 3)) as ordered_before,
    cast(
        least(
            queued.ordered_quantity,
            greatest(coalesce(received.received_quantity, 0) - (queued.ordered_so_far - queued.ordered_quantity), 0)
        ) as decimal(18, 3)
    ) as received_quantity,
    in_full.in_full_date,
    in_full.recorded_date,
    in_full.recorded_at,
    in_full.in_full_document
from queued
left join in_full
    on {{ same_key('queued', 'in_full', schedule_key) }} and in_full.place = 1
left join received
    on {{ same_key('queued', 'received', line_key) }}
