{% set ages = likely_late_ages() -%}
{% set moved_or_kept, any, all = "case when is_moved then 'moved' else 'kept' end", "'any'", "'*'" -%}
{% set pools = [
    ('vendor', 'vendor_key', moved_or_kept),
    ('category', 'category', moved_or_kept), ('category', 'category', any),
    ('all', all, moved_or_kept), ('all', all, any),
] -%}
{#- As many months as a setting can ask for. -#}
{% set most_months = 24 -%}
-- How many lines that were open so many days before their date came late: by month in which that was known, by vendor, category and all,
-- and by whether the date had been moved later before. A month knows only lines whose date and grace had passed some days before it began,
-- and of these only the receipts that were entered before it: the future of a vendor is not learnt from.
with promises as (
    select * from {{ ref('int_early_warning__kept_promise') }}
),

setting as (
    {{ valid_threshold('likely_late') }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

months as (
    select cast({{ dbt.dateadd('month', '-numbers.months_ago', month_of(as_of_date())) }} as date) as month
    from (
        {%- for number in range(most_months) %}
        select {{ number }} as months_ago
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as numbers
),

known_months as (
    select
        months.month,
        setting.grace_days,
        setting.settling_days,
        cast({{ dbt.dateadd('month', '-setting.learning_months', 'months.month') }} as date) as learning_from
    from months
    cross join setting
    where months.month >= {{ month_of(add_days(as_of_date(), '-(setting.kept_days + setting.horizon_days)')) }}
),

-- what was cancelled before it was late says nothing
settled as (
    select
        promises.*,
        known_months.month,
        case
            when promises.in_full_date is null or promises.recorded_at >= known_months.month then true
            else {{ days_between('promises.promise_date', 'promises.in_full_date') }} > known_months.grace_days
        end as is_late
    from promises
    inner join known_months
        on
            promises.promise_date >= known_months.learning_from
            and {{ days_between('promises.promise_date', 'known_months.month') }} > known_months.grace_days + known_months.settling_days
    where
        coalesce(promises.end_reason, '') <> 'cancelled'
        or promises.ended_at >= cast({{ add_days('promises.promise_date', 'known_months.grace_days + 1') }} as timestamp)
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
        month,
        vendor_key,
        {%- for age in ages %}
        ordered_at <= age_{{ age }}_at and coalesce(open_until > age_{{ age }}_at, true) as is_open_{{ age }},
        {%- endfor %}
        category,
        is_moved,
        is_late
    from aged
),

open_lines as (
    select
        month,
        vendor_key,
        {%- for age in ages %}
        sum(case when is_open_{{ age }} then 1 else 0 end) as open_{{ age }},
        sum(case when is_open_{{ age }} and is_late then 1 else 0 end) as late_{{ age }},
        {%- endfor %}
        category,
        is_moved
    from found_open
    group by month, vendor_key, category, is_moved
),

by_age as (
    {%- for age in ages %}
    select
        month,
        vendor_key,
        category,
        is_moved,
        {{ age }} as age_days,
        open_{{ age }} as open_lines,
        late_{{ age }} as late_lines
    from open_lines
    where open_{{ age }} > 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

{% for pool_kind, pool, moves in pools -%}
select
    month,
    '{{ pool_kind }}' as pool_kind,
    {{ pool }} as pool,
    age_days,
    {{ moves }} as moves,
    cast(sum(open_lines) as bigint) as open_lines,
    cast(sum(late_lines) as bigint) as late_lines
from by_age
group by month, age_days{{ ', ' ~ pool if pool != all }}{{ ', is_moved' if moves != any }}
{{ 'union all' if not loop.last }}
{% endfor -%}
