{{ config(materialized='view') }}

-- Lines that can be warned about, and when and how their delivery ended as far as we were told; nothing in them moves with the clock.
with schedule_lines as (
    select * from {{ touched(ref('fct_schedule_line')) }}
    where is_vendor_performance
)

select
    *,
    {{ line_ended_at() }} as ended_at,
    {{ line_end_reason() }} as end_reason
from schedule_lines
