{{ config(materialized='incremental', incremental_strategy='replace_touched', unique_key='order_bucket') }}
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

site_days as (
    select * from {{ ref('int_calendar__site_day') }}
),

placed as (
    select
        movements.*,
        purchase_orders.vendor_key,
        purchase_orders.order_date,
        purchase_order_lines.plant as ordering_site,
        coalesce(movements.plant, purchase_order_lines.plant) as site
    from movements
    left join purchase_orders
        on movements.connection_id = purchase_orders.connection_id and movements.purchase_order = purchase_orders.purchase_order
    left join purchase_order_lines
        on {{ same_key('movements', 'purchase_order_lines', line_key) }}
)

select
    placed.order_bucket,
    placed.connection_id || ':' || placed.document_year || '/' || placed.material_document || '/'
    || placed.document_item as goods_receipt_key,
    placed.connection_id,
    placed.document_year,
    placed.material_document,
    placed.document_item,
    placed.movement_type,
    case placed.movement_type when '101' then 'receipt' when '102' then 'reversal' when '122' then 'return' end as movement,
    placed.purchase_order,
    placed.purchase_order_line,
    placed.vendor_key,
    placed.site as plant,
    placed.material,
    placed.posting_date,
    placed.created_date as recorded_date,
    placed.recorded_at,
    {{ days_between('placed.posting_date', 'placed.created_date') }} as recording_lag_days,
    case
        when placed.posting_date >= placed.order_date
            then recorded_days.working_day_number - posted_days.working_day_number
    end as recording_lag_working_days,
    placed.is_reversed,
    cast(placed.quantity as decimal(18, 3)) as entry_quantity,
    placed.quantity_unit as entry_unit,
    cast(placed.effective_quantity as decimal(18, 3)) as effective_quantity,
    placed.effective_base_quantity,
    placed.base_unit,
    placed.effective_order_quantity,
    placed.order_unit,
    nullif(
        concat_ws(
            ',',
            case when placed.created_date < placed.posting_date then 'recorded_before_posted' end,
            case when placed.vendor_key is null then 'vendor_missing' end,
            case when placed.effective_order_quantity is null then 'unit_not_convertible' end,
            case when placed.is_newest_unreadable then 'unreadable_newest_version' end
        ),
        ''
    ) as data_flags
from placed
left join site_days as posted_days
    on placed.ordering_site = posted_days.site and placed.posting_date = posted_days.calendar_date
left join site_days as recorded_days
    on placed.ordering_site = recorded_days.site and placed.created_date = recorded_days.calendar_date
