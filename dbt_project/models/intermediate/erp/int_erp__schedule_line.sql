{%- set line_key = ['connection_id', 'purchase_order', 'purchase_order_line'] -%}
{%- set schedule_key = line_key + ['schedule_line'] -%}

with versions as (
    select * from {{ ref('stg_sap_s4hana__purchase_order_schedule_line') }}
),

promises as (
    select * from {{ ref('int_erp__promise') }}
),

purchase_orders as (
    select * from {{ ref('int_erp__purchase_order') }}
),

purchase_order_lines as (
    select * from {{ ref('int_erp__purchase_order_line') }}
),

order_children as (
    select * from {{ ref('int_erp__order_child') }}
    where entity = 'purchase_order_schedule_line'
),

newest as (
    {{ newest_readable('versions', ['purchase_order', 'purchase_order_line', 'schedule_line']) }}
),

with_order as (
    select
        newest.*,
        purchase_order_lines.is_cancelled as is_line_cancelled,
        purchase_order_lines.cancelled_at as line_cancelled_at,
        purchase_orders.changed_at as order_changed_at,
        -- lines land before their header: a line seen after the newest header version is new, not deleted
        purchase_orders.child_keys is not null
        and order_children.schedule_line is null
        and newest._seen_ordered_at <= purchase_orders.seen_changed_at as is_dropped
    from newest
    inner join purchase_orders
        on newest.connection_id = purchase_orders.connection_id and newest.purchase_order = purchase_orders.purchase_order
    inner join purchase_order_lines
        on {{ same_key('newest', 'purchase_order_lines', line_key) }}
    left join order_children
        on {{ same_key('newest', 'order_children', schedule_key) }}
)

select
    with_order.connection_id,
    with_order.purchase_order,
    with_order.purchase_order_line,
    with_order.schedule_line,
    with_order.ordered_quantity,
    promises.first_landed_at,
    promises.requested_date,
    promises.first_promise_date,
    promises.first_promise_basis,
    promises.latest_promise_date,
    promises.previous_promise_date,
    promises.promise_changed_at,
    promises.observed_promise_changes,
    with_order.is_line_cancelled or with_order.is_dropped or with_order._deleted as is_cancelled,
    case
        when with_order.is_line_cancelled then with_order.line_cancelled_at
        when with_order.is_dropped then with_order.order_changed_at
        when with_order._deleted then with_order._ordered_at
    end as cancelled_at,
    with_order._ordered_at as changed_at,
    with_order.is_newest_unreadable
from with_order
inner join promises
    on {{ same_key('with_order', 'promises', schedule_key) }}
