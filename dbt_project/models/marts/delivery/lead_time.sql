{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['vendor_key', 'cohort', 'cohort_start'],
    touched_in='int_lead_time__touched',
) }}
{{ runs_after('int_lead_time__touched') }}{{ runs_after('int_erp__touched_order') }}
with survival as (
    select * from {{ ref('int_lead_time__survival') }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

cohorts as (
    select * from {{ ref('int_lead_time__cohort') }}
),

names as (
    {%- for cohort, start in {'month': 'month', 'quarter': 'quarter', 'all': "cast('1900-01-01' as date)"}.items() %}
    select distinct
        {{ cohort }}_id as cohort_id,
        vendor_key,
        '{{ cohort }}' as cohort,
        {{ start }} as cohort_start
    from cohorts
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

measured as (
    select
        survival.cohort_id,
        cast(sum(survival.delivered_lines + survival.censored_lines) as bigint) as lines,
        cast(sum(survival.delivered_lines) as bigint) as delivered_lines,
        cast(sum(survival.open_lines) as bigint) as open_lines,
        cast(sum(survival.censored_lines - survival.open_lines) as bigint) as cancelled_lines,
        {%- for name, open_share in {'p50': 0.5, 'p90': 0.1}.items() %}
        {%- for bound in ['', '_lower', '_upper'] %}
        -- 1e-9: the curve is a product of rounded logarithms, and a half must count as a half
        min(case when survival.open_share{{ bound }} <= {{ open_share }} + 1e-9 then survival.lead_days end) as {{ name }}{{ bound }},
        {%- endfor %}
        {%- endfor %}
        -- of delivered lines alone, for comparison: it forgets the slow ones that are still open
        min(
            case
                when survival.delivered_in_all > 0 and survival.delivered_so_far * 2 >= survival.delivered_in_all
                    then survival.lead_days
            end
        ) as delivered_only_p50,
        max(survival.lead_days) as longest_days,
        min(case when survival.open_lines > 0 then survival.lead_days end) as youngest_open_days,
        max(
            case when survival.delivered_lines + survival.censored_lines > survival.open_lines then survival.lead_days end
        ) as longest_ended_days,
        min(survival.open_share) as last_open_share,
        -- the area under the curve up to the horizon: the first day on, all lines are open
        least(min(survival.lead_days), max(settings.lead_time_horizon_days))
        + sum(
            survival.open_share * greatest(
                least(coalesce(survival.next_lead_days, settings.lead_time_horizon_days), settings.lead_time_horizon_days)
                - survival.lead_days, 0
            )
        ) as restricted_mean_days,
        max(settings.lead_time_horizon_days) as horizon_days
    from survival
    cross join settings
    group by survival.cohort_id
)

select
    names.vendor_key || '/' || names.cohort || '/' || cast(names.cohort_start as string) as lead_time_key,
    names.vendor_key,
    vendors.vendor_name,
    names.cohort,
    names.cohort_start,
    measured.lines,
    measured.delivered_lines,
    measured.open_lines,
    measured.cancelled_lines,
    {%- for name in ['p50', 'p90'] %}
    cast(measured.{{ name }} as double) as lead_time_{{ name }},
    measured.lines as lead_time_{{ name }}_n,
    cast(measured.{{ name }}_lower as double) as lead_time_{{ name }}_lower,
    cast(measured.{{ name }}_upper as double) as lead_time_{{ name }}_upper,
    {%- endfor %}
    -- beyond the longest observation the curve is unknown while it is above 0
    case
        when measured.longest_days >= measured.horizon_days or measured.last_open_share = 0
            then round(cast(measured.restricted_mean_days as double), 6)
    end as restricted_mean_days,
    measured.horizon_days,
    measured.youngest_open_days is not null
    and measured.youngest_open_days <= greatest(coalesce(measured.longest_ended_days, 0), measured.horizon_days) as is_aging,
    cast(measured.delivered_only_p50 as double) as delivered_only_p50_days
from measured
inner join names on measured.cohort_id = names.cohort_id
inner join vendors on names.vendor_key = vendors.vendor_key
