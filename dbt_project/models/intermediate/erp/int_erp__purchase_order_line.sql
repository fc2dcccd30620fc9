{%- set line_key = ['connection_id', 'purchase_order', 'purchase_order_line'] -%}

with versions as (
    select * from {{ ref('stg_sap_s4hana__purchase_order_item') }}
),

purchase_orders as (
    select * from {{ ref('int_erp__purchase_order') }}
),

order_children as (
    select * from {{ ref('int_erp__order_child') }}
    where entity = 'purchase_order_item'
),

newest as (
    {{ newest_readable('versions', ['purchase_order', 'purchase_order_line']) }}
),

marked_deleted as (
    select
        connection_id,
        purchase_order,
        purchase_order_line,
        min(_ordered_at) as deleted_at
    from versions
    where deletion_code = 'L' or _deleted
    group by connection_id, purchase_order, purchase_order_line
),

marked_complete as (
    select
        connection_id,
        purchase_order,
        purchase_order_line,
        min(_ordered_at) as completed_at
    from versions
    where is_completely_delivered
    group by connection_id, purchase_order, purchase_order_line
),

with_order as (
    select
        newest.*,
        purchase_orders.changed_at as order_changed_at,
        purchase_orders.is_cancelled as is_order_cancelled,
        purchase_orders.cancelled_at as order_cancelled_at,
        coalesce(newest.deletion_code = 'L', false) or newest._deleted as is_marked_deleted,
        marked_deleted.deleted_at,
        marked_complete.completed_at,
        -- lines land before their header: a line seen after the newest header version is new, not deleted
        purchase_orders.child_keys is not null
        and order_children.purchase_order_line is null
        and newest._seen_ordered_at <= purchase_orders.seen_changed_at as is_dropped
    from newest
    inner join purchase_orders
        on newest.connection_id = purchase_orders.connection_id and newest.purchase_order = purchase_orders.purchase_order
    left join order_children
        on {{ same_key('newest', 'order_children', line_key) }}
    left join marked_deleted
        on {{ same_key('newest', 'marked_deleted', line_key) }}
    left join marked_complete
        on {{ same_key('newest', 'marked_complete', line_key) }}
)

select
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
    case when is_completely_delivered then completed_at end as completed_at,
    coalesce(is_returns_item, false) as is_returns_item,
    coalesce(underdelivery_tolerance_pct, 0) as underdelivery_tolerance_pct,
    coalesce(overdelivery_tolerance_pct, 0) as overdelivery_tolerance_pct,
    planned_delivery_days,
    contract,
    contract_line,
    is_order_cancelled or is_marked_deleted or is_dropped as is_cancelled,
    case
        when is_order_cancelled then order_cancelled_at
        when is_marked_deleted then deleted_at
        when is_dropped then order_changed_at
    end as cancelled_at,
    is_newest_unreadable
from with_order
