{{ config(materialized='view') }}

-- Lines that can be warned about, and when and how their delivery ended as far as we were told. An increment looks at touched orders
-- and at what is late now: its days grow with the clock alone.
with schedule_lines as (
    select * from {{ ref('fct_schedule_line') }}
    where is_vendor_performance
),

{% if makes_all_orders() -%}
relevant as (
    select * from schedule_lines
)
{%- else -%}
relevant as (
    select * from schedule_lines
    where
        order_hash in (select touched_order.order_hash from {{ ref('int_erp__touched_order') }} as touched_order)
        or order_hash in (
            select late.order_hash
            from {{ ref('fct_schedule_line') }} as late
            where
                late.state in ('open', 'overdue')
                and (
                    least(late.requested_date, late.first_promise_date, late.latest_promise_date) < {{ as_of_date() }}
                    or late.observed_promise_changes > 0
                )
        )
)
{%- endif %}

select
    *,
    case
        when in_full_date is not null and state <> 'cancelled' then recorded_at
        when state = 'cancelled' then cancelled_at
    end as ended_at,
    case
        when in_full_date is not null and state <> 'cancelled' then 'delivered'
        when state = 'cancelled' then 'cancelled'
    end as end_reason
from relevant
