{{ config(materialized='ephemeral') }}

{%- set so_far -%}
over (
            partition by cohort_id
            order by lead_days
            rows between unbounded preceding and current row
        )
{%- endset %}

-- The Kaplan-Meier curve of each cohort: the share of lines not yet delivered after each number of days, with the log-log interval of
-- Greenwood's variance.
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
        coalesce(durations.ended_days, {{ days_between('durations.open_since', as_of_date()) }}) as lead_days,
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
        lead_days,
        sum(delivered_lines) as delivered_lines,
        sum(censored_lines) as censored_lines,
        sum(open_lines) as open_lines
    from by_month
    {{ where_cohort_is_touched(cohort) }}
    group by {{ cohort }}_id, lead_days
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

totals as (
    select
        cohort_id,
        sum(delivered_lines + censored_lines) as lines,
        sum(delivered_lines) as delivered
    from by_days
    group by cohort_id
),

counted as (
    select
        *,
        sum(delivered_lines + censored_lines) {{ so_far }} as ended_so_far,
        sum(delivered_lines) {{ so_far }} as delivered_so_far,
        lead(lead_days) over (partition by cohort_id order by lead_days) as next_lead_days
    from by_days
),

-- the curve is a product of shares; where a share is 0 its logarithm does not exist, and the curve ends there
steps as (
    select
        counted.*,
        cast(totals.lines - counted.ended_so_far + counted.delivered_lines + counted.censored_lines as double) as at_risk,
        totals.delivered as delivered_in_all
    from counted
    inner join totals on counted.cohort_id = totals.cohort_id
),

curve as (
    select
        *,
        delivered_lines = at_risk as is_last_delivery,
        sum(case when delivered_lines < at_risk then ln(1 - delivered_lines / at_risk) else 0 end) {{ so_far }} as log_open_share,
        sum(case when delivered_lines < at_risk then delivered_lines / (at_risk * (at_risk - delivered_lines)) else 0 end) {{ so_far }}
            as variance
    from steps
)

select
    cohort_id,
    lead_days,
    next_lead_days,
    delivered_lines,
    censored_lines,
    open_lines,
    delivered_so_far,
    delivered_in_all,
    case when is_last_delivery then 0 else exp(log_open_share) end as open_share,
    -- S to the power of exp(+-1.96 * sqrt(variance) / ln S); at 1 there is nothing to bound, at 0 nothing bounds it
    case
        when is_last_delivery then 0
        when log_open_share < 0 then exp(log_open_share * exp(1.96 * sqrt(variance) / -log_open_share))
        else 1
    end as open_share_lower,
    case
        when is_last_delivery then null
        when log_open_share < 0 then exp(log_open_share * exp(-1.96 * sqrt(variance) / -log_open_share))
        else 1
    end as open_share_upper
from curve
