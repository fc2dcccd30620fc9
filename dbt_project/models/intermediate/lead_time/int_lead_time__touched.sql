-- The cohorts that this build must estimate anew: those of touched vendor-months, and those whose estimate moves with the clock.
-- Empty in a build that makes all.
{{ runs_after('int_vendor_month__change') }}
{% if makes_all_orders() -%}
select
    cast(null as string) as vendor_key,
    cast(null as string) as cohort,
    cast(null as date) as cohort_start
from {{ source('control', 'build') }}
where false
{%- else -%}
with touched_months as (
    select distinct
        vendor_key,
        month,
        {{ quarter_of('month') }} as quarter
    from {{ ref('int_vendor_month__change') }}
    where measure in {{ lead_time_measures() }}
),

-- nothing ages twice on a day
aging as (
    select * from {{ as_left_by_last_build('lead_time') }}
    where aged_to_date <> {{ as_of_date() }}
)

{% for cohort, start in lead_time_cohort_starts().items() -%}
select
    vendor_key,
    '{{ cohort }}' as cohort,
    {{ start }} as cohort_start
from touched_months
union
{% endfor -%}
select
    vendor_key,
    cohort,
    cohort_start
from aging
{%- endif %}
