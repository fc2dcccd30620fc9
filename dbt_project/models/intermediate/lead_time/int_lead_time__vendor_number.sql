{{ config(materialized='ephemeral') }}

-- A number for each vendor, and with it for each cohort (macro lead_time_cohort): the curves of millions of lines are sorted by it, and
-- a number sorts several times faster than three texts.
with vendors as (
    select * from {{ ref('dim_vendor') }}
)

select
    vendor_key,
    vendor_name,
    cast(row_number() over (order by vendor_key) as bigint) as vendor_number
from vendors
