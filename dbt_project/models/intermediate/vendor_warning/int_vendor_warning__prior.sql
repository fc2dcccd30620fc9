{% set same_pool = 'partition by rule_id, month, pool' -%}
-- What is usual among the vendors of a pool in a month: mean and strength of a beta prior by the method of moments; its strength counts
-- like so many events.
with pasts as (
    select * from {{ ref('int_vendor_warning__past') }}
    where events > 0
),

pooled as (
    select
        rule_id,
        month,
        category as pool,
        bad,
        events,
        documents,
        past_months
    from pasts
    where pool = category
    union all
    select
        rule_id,
        month,
        '*' as pool,
        bad,
        events,
        documents,
        past_months
    from pasts
),

means as (
    select
        *,
        count(*) over ({{ same_pool }}) as vendors,
        {{ exact_sum('events', over=same_pool) }} as pool_events,
        {{ exact_sum('bad', over=same_pool) }} / {{ exact_sum('events', over=same_pool) }} as mean
    from pooled
),

moments as (
    select
        rule_id,
        month,
        pool,
        max(vendors) as vendors,
        max(mean) as mean,
        max(pool_events) - {{ exact_sum('events * events', decimals=9) }} / max(pool_events) as spread,
        {{ exact_sum('events * power(bad / events - mean, 2)', decimals=15) }} as dispersion,
        {{ exact_sum('documents') }} / sum(past_months) as documents_per_month
    from means
    group by rule_id, month, pool
)

select
    rule_id,
    month,
    pool,
    mean,
    documents_per_month,
    case
        when spread > vendors - 1 and dispersion > (vendors - 1) * mean * (1 - mean)
            then mean * (1 - mean) * (spread - (vendors - 1)) / (dispersion - (vendors - 1) * mean * (1 - mean)) - 1
    end as strength
from moments
where vendors >= 3
