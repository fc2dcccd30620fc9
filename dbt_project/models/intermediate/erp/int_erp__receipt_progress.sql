-- How the quantity received of an order line grew, event by event, in the order's unit.
with goods_receipts as (
    select * from {{ ref('int_erp__goods_receipt') }}
),

purchase_order_lines as (
    select * from {{ ref('int_erp__purchase_order_line') }}
),

events as (
    select
        goods_receipts.*,
        row_number() over (
            partition by goods_receipts.connection_id, goods_receipts.purchase_order, goods_receipts.purchase_order_line
            order by
                goods_receipts.posting_date,
                goods_receipts.recorded_at,
                goods_receipts.document_year,
                goods_receipts.material_document,
                goods_receipts.document_item
        ) as event_number
    from goods_receipts
    inner join purchase_order_lines
        on
            goods_receipts.connection_id = purchase_order_lines.connection_id
            and goods_receipts.purchase_order = purchase_order_lines.purchase_order
            and goods_receipts.purchase_order_line = purchase_order_lines.purchase_order_line
            and goods_receipts.quantity_unit is not distinct from purchase_order_lines.quantity_unit
    where goods_receipts.effective_quantity <> 0
),

cumulated as (
    select
        *,
        sum(effective_quantity) over (
            partition by connection_id, purchase_order, purchase_order_line
            order by event_number
            rows between unbounded preceding and current row
        ) as received_so_far
    from events
)

select
    connection_id,
    purchase_order,
    purchase_order_line,
    event_number,
    document_year,
    material_document,
    document_item,
    effective_quantity,
    posting_date,
    created_date,
    recorded_at,
    cast(received_so_far as decimal(18, 3)) as received_so_far,
    -- what remains for good: goods sent back later were not delivered
    cast(min(received_so_far) over (
        partition by connection_id, purchase_order, purchase_order_line
        order by event_number
        rows between current row and unbounded following
    ) as decimal(18, 3)) as received_for_good
from cumulated
