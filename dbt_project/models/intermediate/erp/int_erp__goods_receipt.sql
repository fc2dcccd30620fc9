-- What each material document item changed in the quantity received of an order line: a reversal takes its receipt away as if it
-- had never been posted, a return takes the quantity back on the day it was posted.
with documents as (
    select * from {{ ref('stg_sap_s4hana__material_document') }}
),

items as (
    select * from {{ ref('stg_sap_s4hana__material_document_item') }}
),

newest_documents as (
    {{ newest_readable('documents', ['document_year', 'material_document']) }}
),

newest_items as (
    {{ newest_readable('items', ['document_year', 'material_document', 'document_item']) }}
),

movements as (
    select
        newest_items.connection_id,
        newest_items.document_year,
        newest_items.material_document,
        newest_items.document_item,
        newest_items.purchase_order,
        newest_items.purchase_order_line,
        newest_items.plant,
        newest_items.material,
        newest_items.movement_type,
        newest_items.quantity,
        newest_items.quantity_unit,
        newest_items.base_quantity,
        newest_items.base_unit,
        coalesce(newest_items.is_cancelled, false) as is_cancelled,
        newest_items.reversed_document_year,
        newest_items.reversed_material_document,
        newest_items.reversed_document_item,
        newest_documents.posting_date,
        newest_documents.created_date,
        coalesce(
            newest_documents._changed_at,
            cast(newest_documents.created_date as timestamp)
        ) as recorded_at,
        newest_items.is_newest_unreadable or newest_documents.is_newest_unreadable as is_newest_unreadable
    from newest_items
    inner join newest_documents
        on
            newest_items.connection_id = newest_documents.connection_id
            and newest_items.document_year = newest_documents.document_year
            and newest_items.material_document = newest_documents.material_document
    where newest_items.purchase_order is not null and newest_items.movement_type in ('101', '102', '122')
),

receipts as (
    select * from movements
    where movement_type = '101'
),

reversals as (
    select
        receipts.connection_id,
        receipts.document_year,
        receipts.material_document,
        receipts.document_item,
        sum(movements.quantity) as reversed_quantity
    from movements
    inner join receipts
        on
            movements.connection_id = receipts.connection_id
            and movements.reversed_material_document = receipts.material_document
            and coalesce(movements.reversed_document_year, receipts.document_year) = receipts.document_year
            and coalesce(movements.reversed_document_item, receipts.document_item) = receipts.document_item
            and movements.purchase_order = receipts.purchase_order
            and movements.purchase_order_line = receipts.purchase_order_line
    where movements.movement_type = '102' and not movements.is_cancelled
    group by receipts.connection_id, receipts.document_year, receipts.material_document, receipts.document_item
),

signed as (
    select
        movements.*,
        movements.is_cancelled or reversals.reversed_quantity >= movements.quantity as is_reversed,
        case
            when movements.movement_type = '122' then -movements.quantity
            when movements.movement_type = '102' and movements.reversed_material_document is null then -movements.quantity
            when movements.movement_type = '101' and reversals.reversed_quantity is not null
                then greatest(movements.quantity - reversals.reversed_quantity, 0)
            when movements.movement_type = '101' and not movements.is_cancelled then movements.quantity
            else 0
        end as effective_quantity
    from movements
    left join reversals
        on
            movements.connection_id = reversals.connection_id
            and movements.document_year = reversals.document_year
            and movements.material_document = reversals.material_document
            and movements.document_item = reversals.document_item
)

select
    connection_id,
    document_year,
    material_document,
    document_item,
    purchase_order,
    purchase_order_line,
    plant,
    material,
    movement_type,
    quantity,
    base_quantity,
    base_unit,
    coalesce(is_reversed, false) as is_reversed,
    cast(case when movement_type <> '101' and is_cancelled then 0 else effective_quantity end as decimal(18, 3)) as effective_quantity,
    quantity_unit,
    posting_date,
    created_date,
    recorded_at,
    is_newest_unreadable
from signed
