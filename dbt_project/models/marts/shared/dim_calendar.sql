{%- set digits %}select 0 as digit union all select 1 union all select 2 union all select 3 union all select 4
    union all select 5 union all select 6 union all select 7 union all select 8 union all select 9{% endset -%}

-- One row per day, from the first order to a year after the as-of time; 10,000 days (27 years) at the most.
with purchase_orders as (
    select * from {{ ref('int_erp__purchase_order') }}
),

settings as (
    select * from {{ ref('int_company_setting') }}
),

digits as (
    {{ digits }}
),

numbers as (
    select ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit as days_before_last
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
),

bounds as (
    select
        least(coalesce(min(order_date), {{ as_of_date() }}), {{ as_of_date() }}) as first_day,
        {{ add_days(as_of_date(), 365) }} as last_day
    from purchase_orders
),

days as (
    select {{ add_days('bounds.last_day', '-numbers.days_before_last') }} as calendar_date
    from bounds
    cross join numbers
    where {{ add_days('bounds.last_day', '-numbers.days_before_last') }} >= bounds.first_day
),

-- ISO 8601: weeks begin on Monday and belong to the year of their Thursday
in_weeks as (
    select
        calendar_date,
        cast({{ dbt.date_trunc('week', 'calendar_date') }} as date) as week_start,
        {{ add_days(dbt.date_trunc('week', 'calendar_date'), 3) }} as thursday
    from days
),

numbered as (
    select
        in_weeks.*,
        settings.fiscal_year_start_month,
        cast(extract(year from in_weeks.calendar_date) as integer) as calendar_year,
        cast(extract(month from in_weeks.calendar_date) as integer) as month_number,
        cast(extract(year from in_weeks.thursday) as integer) as iso_year,
        cast(floor((extract(doy from in_weeks.thursday) - 1) / 7) + 1 as integer) as iso_week,
        {{ days_between('in_weeks.week_start', 'in_weeks.calendar_date') }} + 1 as weekday
    from in_weeks
    cross join settings
),

with_period as (
    select
        *,
        mod(month_number - fiscal_year_start_month + 12, 12) + 1 as fiscal_period
    from numbered
)

select
    calendar_date,
    calendar_year,
    {{ month_of('calendar_date') }} as month,
    {{ quarter_of('calendar_date') }} as quarter,
    week_start,
    cast(iso_year as string) || '-W' || case when iso_week < 10 then '0' else '' end || cast(iso_week as string) as iso_week,
    cast(weekday as integer) as weekday,
    -- a fiscal year that does not begin in January is named after the year in which it ends
    cast(
        case when fiscal_year_start_month > 1 and month_number >= fiscal_year_start_month then calendar_year + 1 else calendar_year end
        as integer
    ) as fiscal_year,
    cast(floor((fiscal_period - 1) / 3) + 1 as integer) as fiscal_quarter,
    cast(fiscal_period as integer) as fiscal_period,
    calendar_date <= {{ as_of_date() }} as is_past
from with_period
