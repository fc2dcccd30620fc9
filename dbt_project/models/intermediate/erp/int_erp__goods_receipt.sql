{{ config(materialized='incremental', incremental_strategy='replace_touched', unique_key='order_bucket') }}

-- What each material document item changed in the quantity received of an order line, in the unit of entry, the base unit and the
-- order's unit. The one place where receipts are converted.
with movements as (
    select * from {{ ref('int_erp__goods_movement') }}
),

order_lines as (
    select * from {{ touched(ref('int_erp__purchase_order_line')) }}
),

units as (
    select * from {{ ref('int_erp__material_unit') }}
),

ordered as (
    select
        movements.*,
        coalesce(movements.material, order_lines.material) as material_number,
        order_lines.quantity_unit as order_unit
    from movements
    left join order_lines
        on movements._order_bucket = order_lines.order_bucket and movements.purchase_order_line = order_lines.purchase_order_line
),

-- base units in one unit of the receipt and of the order; null where nobody says. The ERP's own conversion on the day of the posting
-- comes before the material master's of today.
weighed as (
    select
        ordered.*,
        coalesce(ordered.base_unit, entry_units.base_unit) as counted_base_unit,
        case
            when ordered.base_quantity is null then entry_units.base_units
            when ordered.quantity <> 0 then cast(ordered.base_quantity as double) / cast(ordered.quantity as double)
        end as entry_base_units,
        case
            when ordered.order_unit = coalesce(ordered.base_unit, entry_units.base_unit) then 1
            when order_units.base_unit = coalesce(ordered.base_unit, entry_units.base_unit) then order_units.base_units
        end as order_base_units
    from ordered
    left join units as entry_units
        on
            ordered.connection_id = entry_units.connection_id
            and ordered.material_number = entry_units.material
            and ordered.quantity_unit = entry_units.unit
    left join units as order_units
        on
            ordered.connection_id = order_units.connection_id
            and ordered.material_number = order_units.material
            and ordered.order_unit = order_units.unit
),

converted as (
    select
        *,
        case when quantity = 0 then 0 else cast(effective_quantity as double) * entry_base_units end as effective_base_quantity,
        case
            when not {{ differs('quantity_unit', 'order_unit') }} then cast(effective_quantity as double)
            when quantity = 0 and order_base_units is not null then 0
            else cast(effective_quantity as double) * entry_base_units / order_base_units
        end as effective_order_quantity
    from weighed
)

select
    _order_bucket as order_bucket,
    connection_id,
    document_year,
    material_document,
    document_item,
    purchase_order,
    purchase_order_line,
    plant,
    material_number as material,
    movement_type,
    quantity,
    coalesce(is_reversed, false) as is_reversed,
    effective_quantity,
    quantity_unit,
    cast(effective_base_quantity as double) as effective_base_quantity,
    counted_base_unit as base_unit,
    cast(effective_order_quantity as double) as effective_order_quantity,
    order_unit,
    cast(round(effective_order_quantity, 3) as decimal(18, 3)) as received_quantity,
    posting_date,
    created_date,
    recorded_at,
    is_newest_unreadable or is_document_unreadable as is_newest_unreadable
from converted
