{{ config(materialized='ephemeral') }}

{%- set cohorts = {'month': 'month', 'quarter': quarter_of('month'), 'all': "cast('1900-01-01' as date)"} %}
{%- set cohort_key = ['vendor_key', 'cohort', 'cohort_start'] %}
{%- set before_this_day -%}
over (
            partition by {{ cohort_key | join(', ') }}
            order by lead_days
            rows between unbounded preceding and current row
        )
{%- endset %}

-- The Kaplan-Meier curve of each cohort: the share of lines not yet delivered after each number of days, with the log-log interval of
-- Greenwood's variance.
with durations as (
    select * from {{ ref('int_lead_time__duration') }}
),

cohort_durations as (
    {%- for cohort, start in cohorts.items() %}
    select
        vendor_key,
        '{{ cohort }}' as cohort,
        {{ start }} as cohort_start,
        lead_days,
        sum(delivered_lines) as delivered_lines,
        sum(censored_lines) as censored_lines,
        sum(open_lines) as open_lines
    from durations
    group by vendor_key, {% if cohort != 'all' %}{{ start }}, {% endif %}lead_days
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

at_risk as (
    select
        *,
        sum(delivered_lines + censored_lines) over (
            partition by {{ cohort_key | join(', ') }}
            order by lead_days
            rows between current row and unbounded following
        ) as lines_at_risk
    from cohort_durations
),

-- the curve is a product of shares; where a share is 0 its logarithm does not exist, and the curve stays at 0
steps as (
    select
        *,
        case when delivered_lines < lines_at_risk then ln(1 - delivered_lines / cast(lines_at_risk as double)) else 0 end as log_share,
        case
            when delivered_lines < lines_at_risk
                then delivered_lines / (cast(lines_at_risk as double) * (lines_at_risk - delivered_lines))
            else 0
        end as variance_term,
        case when delivered_lines = lines_at_risk then 1 else 0 end as is_last_delivery
    from at_risk
),

curve as (
    select
        *,
        exp(sum(log_share) {{ before_this_day }}) as open_share_before_end,
        sum(log_share) {{ before_this_day }} as log_open_share,
        sum(variance_term) {{ before_this_day }} as variance
    from steps
)

select
    vendor_key,
    cohort,
    cohort_start,
    lead_days,
    delivered_lines,
    censored_lines,
    open_lines,
    case when is_last_delivery = 1 then 0 else open_share_before_end end as open_share,
    -- S to the power of exp(+-1.96 * sqrt(variance) / ln S); at 1 there is nothing to bound, at 0 nothing bounds it
    case
        when is_last_delivery = 1 then 0
        when log_open_share < 0 then exp(log_open_share * exp(1.96 * sqrt(variance) / -log_open_share))
        else 1
    end as open_share_lower,
    case
        when is_last_delivery = 1 then null
        when log_open_share < 0 then exp(log_open_share * exp(-1.96 * sqrt(variance) / -log_open_share))
        else 1
    end as open_share_upper,
    lead(lead_days) over (partition by {{ cohort_key | join(', ') }} order by lead_days) as next_lead_days
from curve
