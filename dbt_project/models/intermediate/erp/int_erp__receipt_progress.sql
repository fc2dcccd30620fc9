{{ config(materialized='view') }}
{%- set line_key = 'connection_id, purchase_order, purchase_order_line' %}

-- How the quantity received of an order line grew, event by event, in the order's unit.
with goods_receipts as (
    select * from {{ touched(ref('int_erp__goods_receipt')) }}
    where received_quantity <> 0
),

cumulated as (
    select
        *,
        row_number() over (
            partition by {{ line_key }}
            order by posting_date, recorded_at, document_year, material_document, document_item
        ) as event_number,
        sum(received_quantity) over (
            partition by {{ line_key }}
            order by posting_date, recorded_at, document_year, material_document, document_item
            rows between unbounded preceding and current row
        ) as received_so_far
    from goods_receipts
),

-- what remains for good: goods sent back later were not delivered
kept as (
    select
        *,
        min(received_so_far) over (
            partition by {{ line_key }}
            order by event_number
            rows between current row and unbounded following
        ) as received_for_good,
        min(received_so_far) over (
            partition by {{ line_key }}
            order by event_number
            rows between 1 preceding and unbounded following
        ) as received_for_good_from_before
    from cumulated
)

select
    connection_id,
    purchase_order,
    purchase_order_line,
    event_number,
    document_year,
    material_document,
    document_item,
    received_quantity,
    posting_date,
    created_date,
    recorded_at,
    cast(received_so_far as decimal(18, 3)) as received_so_far,
    cast(received_for_good as decimal(18, 3)) as received_for_good,
    case when event_number > 1 then cast(received_for_good_from_before as decimal(18, 3)) end as received_for_good_before
from kept
