-- What the newest version of each order header says it consists of; a child not named here was deleted with that version.
with purchase_orders as (
    select * from {{ ref('int_erp__purchase_order') }}
),

named as (
    select
        connection_id,
        purchase_order,
        {{ each_element('child_keys') }} as child_key
    from purchase_orders
),

parts as (
    select
        connection_id,
        purchase_order,
        {{ dbt.split_part('child_key', "'/'", 1) }} as entity,
        {{ dbt.split_part('child_key', "'/'", 2) }} as purchase_order_line,
        {{ dbt.split_part('child_key', "'/'", 3) }} as schedule_line
    from named
)

select distinct
    connection_id,
    purchase_order,
    entity,
    {{ normalised_number('purchase_order_line') }} as purchase_order_line,
    {{ normalised_number('schedule_line') }} as schedule_line
from parts
