{{ config(materialized='incremental', incremental_strategy='replace_touched', unique_key='order_bucket') }}
{%- set key = ['purchase_order', 'purchase_order_line'] %}
{%- set line_key = ['_order_bucket', 'purchase_order_line'] %}
{%- set is_deleted = "(deletion_code = 'L' or _deleted)" %}

with versions as (
    select * from {{ touched(ref('stg_sap_s4hana__purchase_order_item'), '_order_bucket') }}
),

purchase_orders as (
    select * from {{ touched(ref('int_erp__purchase_order')) }}
),

order_versions as (
    select * from {{ touched(ref('stg_sap_s4hana__purchase_order'), '_order_bucket') }}
),

newest as (
    {{ newest_readable('versions', key) }}
),

deleted as (
    {{ holds_since('versions', 'newest', key, is_deleted) }}
),

completed as (
    {{ holds_since('versions', 'newest', key, 'is_completely_delivered') }}
),

with_header as (
    select
        newest.*,
        purchase_orders.order_bucket,
        purchase_orders.has_children as order_has_children,
        purchase_orders.seen_changed_at as order_seen_changed_at,
        purchase_orders.seen_extracted_at as order_seen_extracted_at,
        purchase_orders.is_cancelled as is_order_cancelled,
        purchase_orders.cancelled_at as order_cancelled_at
    from newest
    inner join purchase_orders
        on newest._order_bucket = purchase_orders.order_bucket
),

doubted as (
    select
        *,
        {{ seen_before_header('with_header', 'order') }} as is_in_doubt
    from with_header
),

dropped as (
    {{ dropped_children('order_versions', 'doubted', 'purchase_order_item', ['purchase_order_line']) }}
),

with_order as (
    select
        doubted.*,
        case when {{ is_deleted }} then coalesce(deleted.since, doubted._ordered_at) end as deleted_at,
        case when doubted.is_completely_delivered then coalesce(completed.since, doubted._ordered_at) end as completed_at,
        dropped.dropped_at
    from doubted
    left join deleted
        on {{ same_key('doubted', 'deleted', line_key) }}
    left join completed
        on {{ same_key('doubted', 'completed', line_key) }}
    left join dropped
        on {{ same_key('doubted', 'dropped', ['order_bucket', 'purchase_order_line']) }}
)

select
    order_bucket,
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
    completed_at,
    coalesce(is_returns_item, false) as is_returns_item,
    item_category,
    coalesce(confirmation_control_key, '') <> '' as is_confirmation_expected,
    coalesce(is_receipt_expected, true) as is_receipt_expected,
    coalesce(underdelivery_tolerance_pct, 0) as underdelivery_tolerance_pct,
    coalesce(overdelivery_tolerance_pct, 0) as overdelivery_tolerance_pct,
    planned_delivery_days,
    contract,
    contract_line,
    is_order_cancelled or deleted_at is not null or dropped_at is not null as is_cancelled,
    -- the first of the reasons that hold; least() skips those that do not
    least(order_cancelled_at, deleted_at, dropped_at) as cancelled_at,
    {{ hash_of(['plant', 'material', 'material_text', 'net_price', 'price_unit_quantity']) }} as item_hash,
    order_has_children,
    order_seen_changed_at,
    order_seen_extracted_at,
    is_newest_unreadable
from with_order
