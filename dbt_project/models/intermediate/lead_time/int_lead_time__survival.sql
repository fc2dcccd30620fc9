{{ config(materialized='ephemeral') }}

-- The Kaplan-Meier curve of each cohort: the share of lines not yet delivered after each number of days.
{{ runs_after('int_lead_time__touched') }}
with durations as (
    select * from {{ ref('int_lead_time__duration') }}
    where open_since is null or open_since <= {{ as_of_date() }}
),

cohorts as (
    select * from {{ ref('int_lead_time__cohort') }}
),

-- an open line has waited until now
by_month as (
    select
        cohorts.month_id,
        cohorts.quarter_id,
        cohorts.all_id,
        coalesce(durations.ended_days, {{ days_between('durations.open_since', as_of_date()) }}) as duration,
        durations.delivered_lines,
        durations.censored_lines,
        durations.open_lines
    from durations
    inner join cohorts
        on durations.vendor_key = cohorts.vendor_key and durations.month = cohorts.month
),

by_days as (
    {%- for cohort in ['month', 'quarter', 'all'] %}
    select
        {{ cohort }}_id as cohort_id,
        duration,
        sum(delivered_lines) as events,
        sum(delivered_lines + censored_lines) as observations,
        sum(open_lines) as open_lines
    from by_month
    {{ where_cohort_is_touched(cohort) }}
    group by {{ cohort }}_id, duration
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

curve as (
    {{ kaplan_meier_curve('by_days', ['cohort_id']) }}
)

select
    cohort_id,
    duration,
    lead(duration) over (partition by cohort_id order by duration) as next_duration,
    observations,
    events,
    open_lines,
    events_so_far,
    events_in_all,
    survival,
    survival_lower,
    survival_upper
from curve
