{{ config(materialized='view') }}
{% set ages = likely_late_ages() -%}
-- The ages that each promise reached while it held and its line was open as far as was known: days before its date.
with promises as (
    select * from {{ ref('int_early_warning__kept_promise') }}
),

setting as (
    {{ valid_threshold('likely_late') }}
),

ages as (
    {%- for age in ages %}
    select
        {{ age }} as age_days,
        cast({{ 'null' if loop.last else ages[loop.index] }} as integer) as next_age_days
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

stages as (
    select
        promises.*,
        ages.age_days,
        greatest(
            promises.ordered_at, cast({{ add_days('promises.promise_date', '-ages.age_days') }} as timestamp)
        ) as reached_at,
        cast({{ add_days('promises.promise_date', 'coalesce(-ages.next_age_days, setting.grace_days + 1)') }} as timestamp) as left_at
    from promises
    cross join setting
    inner join ages on setting.horizon_days >= ages.age_days
    where promises.promise_date >= {{ add_days(as_of_date(), '-setting.kept_days') }}
)

select *
from stages
where
    reached_at < left_at
    and reached_at < {{ as_of() }}
    and (replaced_at is null or replaced_at > reached_at)
    and (ended_at is null or ended_at > reached_at)
