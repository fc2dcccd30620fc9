{{ config(materialized='view') }}
{%- set line_key = 'order_bucket, purchase_order_line' %}
{%- set in_order = 'partition by ' ~ line_key ~ ' order by posting_date, recorded_at, document_year, material_document, document_item' %}

-- How the quantity received of an order line grew, event by event, in the order's unit.
with goods_receipts as (
    select * from {{ touched(ref('int_erp__goods_receipt')) }}
    where received_quantity <> 0
),

cumulated as (
    select
        *,
        row_number() over ({{ in_order }}) as event_number,
        sum(received_quantity) over ({{ in_order }} rows between unbounded preceding and current row) as received_so_far,
        min(received_quantity) over (partition by {{ line_key }}) < 0 as is_line_sent_back
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
    where is_line_sent_back
    union all
    -- of most lines nothing is ever sent back: what came remains
    select
        *,
        received_so_far as received_for_good,
        received_so_far - received_quantity as received_for_good_from_before
    from cumulated
    where not is_line_sent_back
)

select
    order_bucket,
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
