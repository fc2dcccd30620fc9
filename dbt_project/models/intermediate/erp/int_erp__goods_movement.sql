{{ config(materialized='ephemeral') }}
{%- set receipt_movements = "('101', '102', '122')" %}
{%- set item_key = ['connection_id', 'document_year', 'material_document', 'document_item'] %}

-- What each material document item changed in the quantity received of an order line, in the unit it was entered in: a reversal takes
-- its receipt away as if it had never been posted, a return takes the quantity back on the day it was posted.
with items as (
    select * from {{ touched(ref('stg_sap_s4hana__material_document_item'), '_order_bucket') }}
),

documents as (
    select * from {{ ref('stg_sap_s4hana__material_document') }}
    -- the condition of movements, here because with it DuckDB looks for the documents of these items, and without it for the items of
    -- all documents (0.6 s, not 1.1, at 4 million documents)
    where
        _document_bucket in (
            select items._document_bucket from items
            where items.movement_type in {{ receipt_movements }}
        )
),

newest_documents as (
    {{ newest_readable('documents', ['document_year', 'material_document']) }}
),

newest_items as (
    {{ newest_readable('items', ['document_year', 'material_document', 'document_item']) }}
),

movements as (
    select
        newest_items.*,
        newest_documents.posting_date,
        newest_documents.created_date,
        coalesce(newest_documents._changed_at, cast(newest_documents.created_date as timestamp)) as recorded_at,
        newest_documents.is_newest_unreadable as is_document_unreadable
    from newest_items
    inner join newest_documents
        on
            newest_items._document_bucket = newest_documents._document_bucket
            and newest_items.document_year = newest_documents.document_year
            and newest_items.material_document = newest_documents.material_document
    where newest_items.purchase_order is not null and newest_items.movement_type in {{ receipt_movements }}
),

reversals as (
    select
        connection_id,
        coalesce(reversed_document_year, document_year) as document_year,
        reversed_document_year is null as is_any_year,
        reversed_material_document as material_document,
        reversed_document_item as document_item,
        purchase_order,
        purchase_order_line,
        quantity
    from movements
    where movement_type = '102' and not coalesce(is_cancelled, false) and reversed_material_document is not null
),

reversed as (
    select
        receipts.connection_id,
        receipts.document_year,
        receipts.material_document,
        receipts.document_item,
        sum(reversals.quantity) as reversed_quantity
    from reversals
    inner join movements as receipts
        on
            reversals.connection_id = receipts.connection_id
            and reversals.material_document = receipts.material_document
            and (reversals.is_any_year or reversals.document_year = receipts.document_year)
            and coalesce(reversals.document_item, receipts.document_item) = receipts.document_item
            and reversals.purchase_order = receipts.purchase_order
            and reversals.purchase_order_line = receipts.purchase_order_line
    where receipts.movement_type = '101'
    group by receipts.connection_id, receipts.document_year, receipts.material_document, receipts.document_item
)

select
    movements.*,
    coalesce(movements.is_cancelled, false) or reversed.reversed_quantity >= movements.quantity as is_reversed,
    cast(
        case
            when movements.movement_type = '101' and reversed.reversed_quantity is not null
                then greatest(movements.quantity - reversed.reversed_quantity, 0)
            when coalesce(movements.is_cancelled, false) then 0
            when movements.movement_type = '101' then coalesce(movements.quantity, 0)
            when movements.movement_type = '122' or movements.reversed_material_document is null then -coalesce(movements.quantity, 0)
            else 0
        end as decimal(18, 3)
    ) as effective_quantity
from movements
left join reversed
    on {{ same_key('movements', 'reversed', item_key) }}
