{% set ages = likely_late_ages() -%}
{% set moved_or_kept, any, all = "case when is_moved then 'moved' else 'kept' end", "'any'", "'*'" -%}
{% set pools = [
    ('vendor', 'vendor_key', moved_or_kept),
    ('category', 'category', moved_or_kept), ('category', 'category', any),
    ('all', all, moved_or_kept), ('all', all, any),
] -%}
{#- Its square is as many weeks as a setting can ask for: a benchmark judges a long past at once. -#}
{% set few = 24 -%}
-- How many deliveries of which a line was open so many days before its date came late: by week in which that was known, by vendor, category
-- and all, and by whether the date had been moved later before. A week knows only lines whose date and grace had passed when it began, and
-- of these only the receipts that were entered before it: the future of a vendor is not learnt from. Lines of an order for one day are one
-- delivery, because they come together.
with promises as (
    select * from {{ ref('int_early_warning__kept_promise') }}
),

setting as (
    {{ valid_threshold('likely_late') }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

numbers as (
    {%- for number in range(few) %}
    select {{ number }} as number
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

weeks as (
    select {{ add_days(week_of(as_of_date()), '-7 * (large_numbers.number * ' ~ few ~ ' + numbers.number)') }} as week
    from numbers
    cross join numbers as large_numbers
),

known_weeks as (
    select
        weeks.week,
        setting.grace_days,
        setting.settling_days,
        {{ add_days('weeks.week', '-setting.learning_days') }} as learning_from
    from weeks
    cross join setting
    where weeks.week >= {{ week_of(add_days(as_of_date(), '-(setting.kept_days + setting.horizon_days)')) }}
),

-- what was cancelled before it was late says nothing
settled as (
    select
        promises.*,
        known_weeks.week,
        case
            when promises.in_full_date is null or promises.recorded_at >= known_weeks.week then true
            else {{ days_between('promises.promise_date', 'promises.in_full_date') }} > known_weeks.grace_days
        end as is_late
    from promises
    inner join known_weeks
        on
            promises.promise_date >= known_weeks.learning_from
            and {{ days_between('promises.promise_date', 'known_weeks.week') }} > known_weeks.grace_days + known_weeks.settling_days
    where
        coalesce(promises.end_reason, '') <> 'cancelled'
        or promises.ended_at >= cast({{ add_days('promises.promise_date', 'known_weeks.grace_days + 1') }} as timestamp)
),

-- the midnight on which each age began
aged as (
    select
        settled.*,
        vendors.category,
        {%- for age in ages %}
        cast({{ add_days('settled.promise_date', -age) }} as timestamp) as age_{{ age }}_at,
        {%- endfor %}
        least(settled.replaced_at, settled.ended_at) as open_until
    from settled
    inner join vendors on settled.vendor_key = vendors.vendor_key
),

found_open as (
    select
        week,
        vendor_key,
        order_bucket,
        promise_date,
        {%- for age in ages %}
        ordered_at <= age_{{ age }}_at and coalesce(open_until > age_{{ age }}_at, true) as is_open_{{ age }},
        {%- endfor %}
        category,
        is_moved,
        is_late
    from aged
),

deliveries as (
    select
        week,
        vendor_key,
        {%- for age in ages %}
        max(case when is_open_{{ age }} then 1 else 0 end) as open_{{ age }},
        max(case when is_open_{{ age }} and is_late then 1 else 0 end) as late_{{ age }},
        {%- endfor %}
        category,
        is_moved
    from found_open
    group by week, vendor_key, category, is_moved, order_bucket, promise_date
),

by_age as (
    {%- for age in ages %}
    select
        week,
        vendor_key,
        category,
        is_moved,
        {{ age }} as age_days,
        cast(sum(open_{{ age }}) as bigint) as open_deliveries,
        cast(sum(late_{{ age }}) as bigint) as late_deliveries
    from deliveries
    where open_{{ age }} = 1
    group by week, vendor_key, category, is_moved
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

{% for pool_kind, pool, moves in pools -%}
select
    week,
    '{{ pool_kind }}' as pool_kind,
    {{ pool }} as pool,
    age_days,
    {{ moves }} as moves,
    cast(sum(open_deliveries) as bigint) as open_deliveries,
    cast(sum(late_deliveries) as bigint) as late_deliveries
from by_age
group by week, age_days{{ ', ' ~ pool if pool != all }}{{ ', is_moved' if moves != any }}
{{ 'union all' if not loop.last }}
{% endfor -%}
