{{ config(materialized='incremental', incremental_strategy='replace_touched', unique_key='order_hash') }}
{%- set line_key = ['connection_id', 'purchase_order', 'purchase_order_line'] %}

with versions as (
    select * from {{ touched(ref('stg_sap_s4hana__purchase_order_item'), '_order_hash') }}
),

purchase_orders as (
    select * from {{ touched(ref('int_erp__purchase_order')) }}
),

newest as (
    {{ newest_readable('versions', ['purchase_order', 'purchase_order_line'], {
        'first_deleted_at': "case when deletion_code = 'L' or _deleted then _ordered_at end",
        'first_completed_at': 'case when is_completely_delivered then _ordered_at end',
    }) }}
),

with_header as (
    select
        newest.*,
        purchase_orders.order_hash,
        purchase_orders.child_keys is not null as order_has_children,
        purchase_orders.changed_at as order_changed_at,
        purchase_orders.seen_changed_at as order_seen_changed_at,
        purchase_orders.seen_extracted_at as order_seen_extracted_at,
        purchase_orders.is_cancelled as is_order_cancelled,
        purchase_orders.cancelled_at as order_cancelled_at
    from newest
    inner join purchase_orders
        on newest.connection_id = purchase_orders.connection_id and newest.purchase_order = purchase_orders.purchase_order
),

doubted as (
    select
        *,
        {{ seen_before_header('with_header', 'order') }} as is_in_doubt
    from with_header
),

named_lines as (
    {{ named_children('purchase_orders', 'doubted', 'purchase_order_item', ['purchase_order_line']) }}
),

with_order as (
    select
        doubted.*,
        coalesce(doubted.deletion_code = 'L', false) or doubted._deleted as is_marked_deleted,
        doubted.is_in_doubt and named_lines.purchase_order_line is null as is_dropped
    from doubted
    left join named_lines
        on {{ same_key('doubted', 'named_lines', line_key) }}
)

select
    order_hash,
    connection_id,
    purchase_order,
    purchase_order_line,
    plant,
    material,
    material_text,
    material_group,
    ordered_quantity,
    quantity_unit,
    net_price,
    price_unit_quantity,
    -- the price is for price_unit_quantity units: 9.99 per 100
    cast(net_price as double) / nullif(cast(coalesce(price_unit_quantity, 1) as double), 0) as unit_price,
    coalesce(is_completely_delivered, false) as is_completely_delivered,
    case when is_completely_delivered then first_completed_at end as completed_at,
    coalesce(is_returns_item, false) as is_returns_item,
    item_category,
    coalesce(is_receipt_expected, true) as is_receipt_expected,
    coalesce(underdelivery_tolerance_pct, 0) as underdelivery_tolerance_pct,
    coalesce(overdelivery_tolerance_pct, 0) as overdelivery_tolerance_pct,
    planned_delivery_days,
    contract,
    contract_line,
    is_order_cancelled or is_marked_deleted or is_dropped as is_cancelled,
    case
        when is_order_cancelled then order_cancelled_at
        when is_marked_deleted then first_deleted_at
        when is_dropped then order_changed_at
    end as cancelled_at,
    {{ bucket(['plant', 'material', 'material_text', 'net_price', 'price_unit_quantity']) }} as item_hash,
    order_has_children,
    order_changed_at,
    order_seen_changed_at,
    order_seen_extracted_at,
    is_newest_unreadable
from with_order
