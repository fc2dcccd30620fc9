{{ config(materialized='ephemeral') }}

-- The cohorts of each vendor and order month: the month, its quarter, and all orders. Each has a number, because the curve of millions
-- of lines is sorted by it, and a number sorts several times faster than three texts.
with durations as (
    select * from {{ ref('int_lead_time__duration') }}
),

vendor_months as (
    select distinct
        vendor_key,
        month
    from durations
),

numbered as (
    select
        *,
        dense_rank() over (order by vendor_key) * 100000 as vendor_number,
        extract(year from month) * 12 + extract(month from month) as month_number,
        30000 + extract(year from month) * 4 + floor((extract(month from month) + 2) / 3) as quarter_number
    from vendor_months
)

select
    vendor_key,
    month,
    {{ quarter_of('month') }} as quarter,
    cast(vendor_number + month_number as bigint) as month_id,
    cast(vendor_number + quarter_number as bigint) as quarter_id,
    cast(vendor_number as bigint) as all_id
from numbered
