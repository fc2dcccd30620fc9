{{ config(materialized='ephemeral') }}
{% set fewest_lines, usual_share = 20, 0.5 -%}

-- Lines that a vendor was ordered in a month, and how many of them took longer than half of its lines of the four quarters before the last
-- one did: longer than usual, whether or not the promise said so. A cohort is told once that time has passed for all its lines, and what is
-- open then is slow. Three quarters of the lines instead of half find a few more shifts, and five weeks later. From the counts of days that
-- vendor_month is made of.
with counts as (
    select
        vendor_key,
        month,
        {{ quarter_of('month') }} as quarter,
        -- what has not come takes longer than anything that has
        case when measure = 'received' then days else 1000000 end as days,
        sum(lines) as lines
    from {{ ref('int_vendor_month__count') }}
    where measure in ('received', 'waiting') and vendor_key is not null
    group by vendor_key, month, {{ quarter_of('month') }}, case when measure = 'received' then days else 1000000 end
),

rules as (
    {{ valid_vendor_rule('lead_time_growth') }}
),

quarters as (
    select distinct
        vendor_key,
        quarter
    from counts
),

past as (
    select
        quarters.vendor_key,
        quarters.quarter,
        counts.days,
        sum(counts.lines) as lines
    from quarters
    inner join counts
        on
            quarters.vendor_key = counts.vendor_key
            and {{ dbt.datediff('counts.quarter', 'quarters.quarter', 'quarter') }} between 2 and 5
    group by quarters.vendor_key, quarters.quarter, counts.days
),

ranked as (
    select
        *,
        sum(lines) over (partition by vendor_key, quarter order by days) as lines_within,
        sum(lines) over (partition by vendor_key, quarter) as all_lines
    from past
),

usual as (
    select
        vendor_key,
        quarter,
        min(days) as usual_days
    from ranked
    where all_lines >= {{ fewest_lines }} and lines_within >= {{ usual_share }} * all_lines
    group by vendor_key, quarter
    having min(days) < 1000000
)

select
    counts.vendor_key,
    counts.month,
    usual.usual_days,
    {{ add_days(dbt.dateadd('month', 1, 'counts.month'), 'usual.usual_days + rules.grace_days') }} as known_date,
    sum(counts.lines) as lines,
    sum(case when counts.days > usual.usual_days then counts.lines else 0 end) as slow_lines
from counts
inner join usual on counts.vendor_key = usual.vendor_key and counts.quarter = usual.quarter
cross join rules
group by counts.vendor_key, counts.month, usual.usual_days, rules.grace_days
having {{ add_days(dbt.dateadd('month', 1, 'counts.month'), 'usual.usual_days + rules.grace_days') }} <= {{ as_of_date() }}
