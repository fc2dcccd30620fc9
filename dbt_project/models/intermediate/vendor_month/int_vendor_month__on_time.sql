{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['vendor_key', 'month'],
    touched_in='int_vendor_month__counted_anew',
) }}
{% set bases = {
    'first_promise': 'first_promise_date',
    'latest_promise': 'latest_promise_date',
    'requested': 'requested_date',
} -%}

-- On-time delivery against three dates; each line counts in the month in which that date fell, once date and grace have passed.
with schedule_lines as (
    select * from {{ lines_to_count() }}
    where
        is_vendor_performance
        and state <> 'cancelled'
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

dated as (
    {%- for basis, column in bases.items() %}
    select
        vendor_key,
        '{{ basis }}' as basis,
        {{ column }} as due_date,
        {{ month_of(column) }} as month,
        in_full_date
    from schedule_lines
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

due as (
    select
        dated.vendor_key,
        dated.basis,
        dated.month,
        case
            when dated.in_full_date <= {{ add_days('dated.due_date', 'settings.otd_late_tolerance_days') }} then 1
            else 0
        end as is_on_time
    from dated
    cross join settings
    {{ join_months_counted_anew('dated') }}
    where {{ add_days('dated.due_date', 'settings.otd_grace_days') }} < {{ as_of_date() }}
)

select
    vendor_key,
    month,
    cast(sum(case when basis = 'first_promise' then 1 else 0 end) as bigint) as first_promise_due,
    cast(sum(case when basis = 'first_promise' then is_on_time else 0 end) as bigint) as first_promise_on_time,
    cast(sum(case when basis = 'latest_promise' then 1 else 0 end) as bigint) as latest_promise_due,
    cast(sum(case when basis = 'latest_promise' then is_on_time else 0 end) as bigint) as latest_promise_on_time,
    cast(sum(case when basis = 'requested' then 1 else 0 end) as bigint) as requested_due,
    cast(sum(case when basis = 'requested' then is_on_time else 0 end) as bigint) as requested_on_time
from due
group by vendor_key, month
