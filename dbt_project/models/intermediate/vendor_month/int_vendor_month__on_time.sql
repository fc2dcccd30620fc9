{% set bases = {
    'first_promise': 'first_promise_date',
    'latest_promise': 'latest_promise_date',
    'requested': 'requested_date',
} -%}

-- On-time delivery against three dates; each line counts in the month in which that date fell, once date and grace have passed.
with schedule_lines as (
    select * from {{ ref('fct_schedule_line') }}
    where is_vendor_performance and state <> 'cancelled'
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

due as (
    {%- for basis, column in bases.items() %}
    select
        vendor_key,
        '{{ basis }}' as basis,
        {{ month_of(column) }} as month,
        case
            when in_full_date <= {{ add_days(column, 'settings.otd_late_tolerance_days') }} then 1
            else 0
        end as is_on_time
    from schedule_lines
    cross join settings
    where {{ add_days(column, 'settings.otd_grace_days') }} < {{ as_of_date() }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    vendor_key,
    month,
    {%- for basis in bases %}
    cast(sum(case when basis = '{{ basis }}' then 1 else 0 end) as bigint) as {{ basis }}_due,
    cast(sum(case when basis = '{{ basis }}' then is_on_time else 0 end) as bigint) as {{ basis }}_on_time{{ ',' if not loop.last }}
    {%- endfor %}
from due
group by vendor_key, month
