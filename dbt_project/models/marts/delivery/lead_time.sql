{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['vendor_key', 'cohort', 'cohort_start'],
    touched_in='int_lead_time__touched',
) }}
{{ runs_after('int_lead_time__touched') }}{{ runs_after('int_erp__touched_order') }}
with curve as (
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
        curve.cohort_id,
        cast(sum(curve.observations) as bigint) as lines,
        cast(sum(curve.events) as bigint) as delivered_lines,
        cast(sum(curve.open_lines) as bigint) as open_lines,
        cast(sum(curve.observations - curve.events - curve.open_lines) as bigint) as cancelled_lines,
        {{- kaplan_meier_percentiles([0.5, 0.9]) }},
        -- of delivered lines alone, for comparison: it forgets the slow ones that are still open
        min(
            case
                when curve.events_in_all > 0 and curve.events_so_far * 2 >= curve.events_in_all then curve.duration
            end
        ) as delivered_only_p50,
        max(curve.duration) as longest_days,
        min(case when curve.open_lines > 0 then curve.duration end) as youngest_open_days,
        max(case when curve.observations > curve.open_lines then curve.duration end) as longest_ended_days,
        min(curve.survival) as last_open_share,
        -- the area under the curve up to the horizon: the first day on, all lines are open
        least(min(curve.duration), max(settings.lead_time_horizon_days))
        + sum(
            curve.survival * greatest(
                least(coalesce(curve.next_duration, settings.lead_time_horizon_days), settings.lead_time_horizon_days)
                - curve.duration, 0
            )
        ) as restricted_mean_days,
        max(settings.lead_time_horizon_days) as horizon_days
    from curve
    cross join settings
    group by curve.cohort_id
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
    case
        when measured.youngest_open_days <= greatest(coalesce(measured.longest_ended_days, 0), measured.horizon_days)
            then {{ as_of_date() }}
    end as aged_to_date,
    cast(measured.delivered_only_p50 as double) as delivered_only_p50_days
from measured
inner join names on measured.cohort_id = names.cohort_id
inner join vendors on names.vendor_key = vendors.vendor_key
