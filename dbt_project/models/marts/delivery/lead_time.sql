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
    select * from {{ ref('int_lead_time__vendor_number') }}
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
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
        -- the area under the curve up to the horizon: the first day on, all lines are open. Decimals add up to the same in any order;
        -- doubles do not, and a rebuild gave another sixth digit
        least(min(curve.duration), max(settings.lead_time_horizon_days))
        + sum(
            cast(
                curve.survival * greatest(
                    least(coalesce(curve.next_duration, settings.lead_time_horizon_days), settings.lead_time_horizon_days)
                    - curve.duration, 0
                ) as decimal(38, 12)
            )
        ) as restricted_mean_days,
        max(settings.lead_time_horizon_days) as horizon_days
    from curve
    cross join settings
    group by curve.cohort_id
),

named as (
    select
        *,
        {{ vendor_number_of('cohort_id') }} as vendor_number,
        {{ cohort_of('cohort_id') }} as cohort,
        {{ cohort_start_of('cohort_id') }} as cohort_start
    from measured
)

select
    vendors.vendor_key || '/' || named.cohort || '/' || cast(named.cohort_start as string) as lead_time_key,
    vendors.vendor_key,
    vendors.vendor_name,
    named.cohort,
    named.cohort_start,
    named.lines,
    named.delivered_lines,
    named.open_lines,
    named.cancelled_lines,
    {%- for name in ['p50', 'p90'] %}
    cast(named.{{ name }} as double) as lead_time_{{ name }},
    named.lines as lead_time_{{ name }}_n,
    cast(named.{{ name }}_lower as double) as lead_time_{{ name }}_lower,
    cast(named.{{ name }}_upper as double) as lead_time_{{ name }}_upper,
    {%- endfor %}
    -- beyond the longest observation the curve is unknown while it is above 0
    case
        when named.longest_days >= named.horizon_days or named.last_open_share = 0
            then cast(round(named.restricted_mean_days, 6) as double)
    end as restricted_mean_days,
    named.horizon_days,
    case
        when named.youngest_open_days <= greatest(coalesce(named.longest_ended_days, 0), named.horizon_days)
            then {{ as_of_date() }}
    end as aged_to_date,
    cast(named.delivered_only_p50 as double) as delivered_only_p50_days
from named
inner join vendors on named.vendor_number = vendors.vendor_number
