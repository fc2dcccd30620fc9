{{ config(materialized='view') }}

-- The promises of each line that can be warned about, in order: what it was first landed with, and every change observed since.
with lines as (
    select * from {{ ref('int_early_warning__line') }}
),

promise_changes as (
    select * from {{ touched(ref('fct_promise_change')) }}
)

select
    connection_id,
    purchase_order,
    purchase_order_line,
    schedule_line,
    1 as promise_number,
    requested_date as promise_date,
    cast(null as date) as previous_promise_date,
    first_landed_at as ordered_at
from lines
where requested_date is not null
union all
select
    connection_id,
    purchase_order,
    purchase_order_line,
    schedule_line,
    change_number + 1 as promise_number,
    to_date as promise_date,
    from_date as previous_promise_date,
    coalesce(changed_at, landed_at) as ordered_at
from promise_changes
where is_vendor_performance
