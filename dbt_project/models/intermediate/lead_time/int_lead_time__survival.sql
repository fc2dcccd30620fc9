{{ config(materialized='ephemeral') }}

-- The Kaplan-Meier curve of each cohort: the share of lines not yet delivered after each number of days.
{{ runs_after('int_lead_time__touched') }}
with vendors as (
    select * from {{ ref('int_lead_time__vendor_number') }}
),

durations as (
    select * from {{ ref('int_lead_time__duration') }}
    where
        (open_since is null or open_since <= {{ as_of_date() }}) {{ and_vendor_is_touched() }}
),

-- an open line has waited until now
by_month as (
    select
        vendors.vendor_number,
        durations.month,
        {{ quarter_of('durations.month') }} as quarter,
        coalesce(durations.ended_days, {{ days_between('durations.open_since', as_of_date()) }}) as duration,
        durations.delivered_lines,
        durations.censored_lines,
        durations.open_lines
    from durations
    inner join vendors
        on durations.vendor_key = vendors.vendor_key
),

by_days as (
    {%- for cohort, start in lead_time_cohort_starts().items() %}
    select
        {{ lead_time_cohort('vendor_number', cohort, start) }} as cohort_id,
        duration,
        sum(delivered_lines) as events,
        sum(delivered_lines + censored_lines) as observations,
        sum(open_lines) as open_lines
    from by_month
    {{ where_cohort_is_touched(cohort, start) }}
    group by {{ lead_time_cohort('vendor_number', cohort, start) }}, duration
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
    next_duration,
    observations,
    events,
    open_lines,
    events_so_far,
    events_in_all,
    survival,
    survival_lower,
    survival_upper
from curve
