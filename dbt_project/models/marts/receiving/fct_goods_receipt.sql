{{ config(materialized='incremental', incremental_strategy='replace_touched', unique_key='order_hash') }}
{% set line_key = ['connection_id', 'purchase_order', 'purchase_order_line'] -%}

with movements as (
    select * from {{ touched(ref('int_erp__goods_receipt')) }}
),

purchase_orders as (
    select * from {{ touched(ref('int_erp__purchase_order')) }}
),

purchase_order_lines as (
    select * from {{ touched(ref('int_erp__purchase_order_line')) }}
),

units as (
    select * from {{ ref('int_erp__material_unit') }}
),

site_days as (
    select * from {{ ref('int_calendar__site_day') }}
),

placed as (
    select
        movements.*,
        purchase_orders.vendor_key,
        purchase_orders.order_date,
        purchase_order_lines.plant as ordering_site,
        coalesce(movements.plant, purchase_order_lines.plant) as site,
        coalesce(movements.material, purchase_order_lines.material) as material_number,
        purchase_order_lines.quantity_unit as order_unit
    from movements
    left join purchase_orders
        on movements.connection_id = purchase_orders.connection_id and movements.purchase_order = purchase_orders.purchase_order
    left join purchase_order_lines
        on {{ same_key('movements', 'purchase_order_lines', line_key) }}
),

converted as (
    select
        placed.*,
        entry_units.base_units as entry_base_units,
        order_units.base_units as order_base_units,
        -- the ERP's own conversion on the day of the posting comes before the material master's of today
        coalesce(placed.base_unit, entry_units.base_unit) as counted_base_unit,
        cast(case
            when placed.quantity = 0 then 0
            when placed.base_quantity is not null
                then cast(placed.effective_quantity as double) * cast(placed.base_quantity as double) / cast(placed.quantity as double)
            else cast(placed.effective_quantity as double) * entry_units.base_units
        end as double) as effective_base_quantity
    from placed
    left join units as entry_units
        on
            placed.connection_id = entry_units.connection_id
            and placed.material_number = entry_units.material
            and placed.quantity_unit = entry_units.unit
    left join units as order_units
        on
            placed.connection_id = order_units.connection_id
            and placed.material_number = order_units.material
            and placed.order_unit = order_units.unit
)

select
    converted.order_hash,
    converted.connection_id || ':' || converted.document_year || '/' || converted.material_document || '/'
    || converted.document_item as goods_receipt_key,
    converted.connection_id,
    converted.document_year,
    converted.material_document,
    converted.document_item,
    converted.movement_type,
    case converted.movement_type when '101' then 'receipt' when '102' then 'reversal' when '122' then 'return' end as movement,
    converted.purchase_order,
    converted.purchase_order_line,
    converted.vendor_key,
    converted.site as plant,
    converted.material_number as material,
    converted.posting_date,
    converted.created_date as recorded_date,
    converted.recorded_at,
    {{ days_between('converted.posting_date', 'converted.created_date') }} as recording_lag_days,
    case
        when converted.posting_date >= converted.order_date
            then recorded_days.working_day_number - posted_days.working_day_number
    end as recording_lag_working_days,
    converted.is_reversed,
    cast(converted.quantity as decimal(18, 3)) as entry_quantity,
    converted.quantity_unit as entry_unit,
    cast(converted.effective_quantity as decimal(18, 3)) as effective_quantity,
    converted.effective_base_quantity,
    converted.counted_base_unit as base_unit,
    case
        when converted.quantity_unit = converted.order_unit then cast(converted.effective_quantity as double)
        when converted.base_unit is null or converted.base_unit = converted.counted_base_unit
            then converted.effective_base_quantity / converted.order_base_units
    end as effective_order_quantity,
    converted.order_unit,
    nullif(
        concat_ws(
            ',',
            case when converted.created_date < converted.posting_date then 'recorded_before_posted' end,
            case when converted.vendor_key is null then 'vendor_missing' end,
            case
                when converted.quantity_unit is distinct from converted.order_unit and converted.order_base_units is null
                    then 'unit_not_convertible'
            end,
            case when converted.is_newest_unreadable then 'unreadable_newest_version' end
        ),
        ''
    ) as data_flags
from converted
left join site_days as posted_days
    on converted.ordering_site = posted_days.site and converted.posting_date = posted_days.calendar_date
left join site_days as recorded_days
    on converted.ordering_site = recorded_days.site and converted.created_date = recorded_days.calendar_date
