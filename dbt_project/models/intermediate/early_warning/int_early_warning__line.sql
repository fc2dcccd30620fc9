{{ config(materialized='view') }}

-- Lines that can be warned about, and when and how their delivery ended as far as we were told; nothing in them moves with the clock.
with schedule_lines as (
    select * from {{ touched(ref('fct_schedule_line')) }}
    where is_vendor_performance
)

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
from schedule_lines
