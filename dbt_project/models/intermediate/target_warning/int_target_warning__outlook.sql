{% set quarters_before, normal_quantile = 4, 1.96 -%}

-- What the end of each quarter is expected to show of each target, with a range, from the quarter so far and the four quarters before it. A
-- count goes on at its pace of that time; of a list the undecided entries are achieved as often as then; a sampled figure stays within its
-- interval, and an amount as it is.
with target_quarters as (
    select * from {{ ref('ecosystem_quarter') }}
    where state <> 'no source'
),

targets as (
    select * from {{ ref('seed_ecosystem_target') }}
),

strategic as (
    select cast(count(*) as double) as vendors
    from {{ ref('dim_vendor') }}
    where is_strategic and not is_deleted
),

-- a quarter has the words that were valid when it began, as it has the target
described as (
    select
        target_quarters.*,
        targets.metric_name,
        targets.unit,
        targets.direction,
        targets.outlook,
        targets.owner,
        cast({{ add_days(dbt.dateadd('month', 3, 'target_quarters.quarter'), -1) }} as date) as quarter_end_date,
        row_number() over (
            partition by target_quarters.quarter, target_quarters.metric_id
            order by targets.valid_from desc
        ) as place
    from target_quarters
    inner join targets
        on target_quarters.metric_id = targets.metric_id and target_quarters.quarter >= targets.valid_from
),

pasts as (
    select
        *,
        greatest({{ days_between(as_of_date(), 'quarter_end_date') }}, 0) as days_left,
        sum(value) over before as past_value,
        sum(value * n) over before / nullif(sum(n) over before, 0) as past_share,
        coalesce({{ days_between('min(quarter) over before', 'quarter') }}, 0) as past_days
    from described
    where place = 1
    window before as (
        partition by metric_id
        order by quarter
        rows between {{ quarters_before }} preceding and 1 preceding
    )
),

rates as (
    select
        pasts.*,
        -- a target for each vendor is one for all of them together
        case when pasts.metric_id = 'innovation_submissions_per_strategic_vendor' then strategic.vendors else 1 end as scale,
        (coalesce(pasts.past_value, 0) + pasts.value)
        / nullif(pasts.past_days + {{ days_between('pasts.quarter', 'pasts.quarter_end_date') }} + 1 - pasts.days_left, 0) as pace_per_day,
        round((pasts.upper_bound - pasts.value) * pasts.n) as undecided,
        -- without a past the entries that are decided say how the others will go
        coalesce(pasts.past_share, pasts.value / nullif(pasts.value + 1 - pasts.upper_bound, 0)) as achieved_share
    from pasts
    cross join strategic
),

awaited as (
    select
        *,
        pace_per_day * days_left * scale as more,
        {{ normal_quantile }} * sqrt(undecided * achieved_share * (1 - achieved_share)) / nullif(n, 0) as undecided_margin,
        value + undecided * achieved_share / nullif(n, 0) as decided_value
    from rates
)

select
    quarter,
    quarter_end_date,
    days_left,
    metric_id,
    metric_name,
    unit,
    direction,
    outlook,
    owner,
    target,
    state,
    value,
    lower_bound,
    upper_bound,
    n,
    scale,
    undecided,
    -- the square root of a count that is yet to come varies by a half about its mean's
    {{ figure_by_outlook('value + more / scale', 'decided_value', 'value') }} as expected_at_end,
    {{ figure_by_outlook(
        'value + power(greatest(sqrt(more) - ' ~ normal_quantile / 2 ~ ', 0), 2) / scale',
        'greatest(decided_value - undecided_margin, lower_bound)', 'lower_bound'
    ) }} as expected_low,
    {{ figure_by_outlook(
        'value + case when more > 0 then power(sqrt(more) + ' ~ normal_quantile / 2 ~ ', 2) else 0 end / scale',
        'least(decided_value + undecided_margin, upper_bound)', 'upper_bound'
    ) }} as expected_high
from awaited
