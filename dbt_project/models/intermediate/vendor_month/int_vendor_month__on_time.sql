{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['vendor_key', 'month'],
    touched_in='int_vendor_month__change',
) }}
{% set bases = ['first_promise', 'latest_promise', 'requested'] -%}

-- On-time delivery against three dates; each line counts in the month in which that date fell, once date and grace have passed.
with counts as (
    select * from {{ ref('int_vendor_month__count') }}
    where
        measure in ('{{ bases | join("', '") }}')
        {{ and_month_is_touched() }}
)

select
    vendor_key,
    month,
    {%- for basis in bases %}
    cast(sum(case when measure = '{{ basis }}' then lines else 0 end) as bigint) as {{ basis }}_due,
    cast(sum(case when measure = '{{ basis }}' then counted_lines else 0 end) as bigint) as {{ basis }}_on_time{{ ',' if not loop.last }}
    {%- endfor %}
from counts
group by vendor_key, month
