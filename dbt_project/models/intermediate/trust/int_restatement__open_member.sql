-- Lines and tickets by the months they count in, with the end of their waiting: what is still open ages, as a due date passes, a
-- target is missed, a cohort fills up.
{{ config(materialized='ephemeral') }}

with schedule_lines as (
    select * from {{ ref('fct_schedule_line') }}
),

tickets as (
    select * from {{ ref('fct_service_ticket') }}
)

select
    vendor_key,
    {{ month_of('order_date') }} as month,
    coalesce(recorded_at, cancelled_at) as ended_at
from schedule_lines
union all
select
    vendor_key,
    {{ month_of('first_promise_date') }} as month,
    coalesce(recorded_at, cancelled_at) as ended_at
from schedule_lines
union all
select
    vendor_key,
    {{ month_of('latest_promise_date') }} as month,
    coalesce(recorded_at, cancelled_at) as ended_at
from schedule_lines
union all
select
    vendor_key,
    {{ month_of('opened_at') }} as month,
    coalesce(resolved_at, closed_at) as ended_at
from tickets
