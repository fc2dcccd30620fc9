-- Which days are worked at each site, and their running number: the difference of two numbers is the working days between.
with days as (
    select * from {{ ref('dim_calendar') }}
),

purchase_order_lines as (
    select * from {{ ref('int_erp__purchase_order_line') }}
    where plant is not null
),

site_calendars as (
    select * from {{ ref('seed_site_calendar') }}
),

holidays as (
    select * from {{ ref('seed_site_holiday') }}
),

sites as (
    select plant as site from purchase_order_lines
    union
    select site from site_calendars
    where site <> '*'
),

-- the newest valid row of the site, else of the site *
site_days as (
    select
        sites.site,
        days.calendar_date,
        days.weekday,
        site_calendars.working_weekdays,
        row_number() over (
            partition by sites.site, days.calendar_date
            order by case when site_calendars.site = '*' then 1 else 0 end, site_calendars.valid_from desc
        ) as place
    from sites
    cross join days
    inner join site_calendars
        on
            (sites.site = site_calendars.site or site_calendars.site = '*')
            and days.calendar_date >= site_calendars.valid_from
),

judged as (
    select
        site_days.site,
        site_days.calendar_date,
        holidays.holiday_name,
        case
            when holidays.holiday_date is not null then 0
            when site_days.working_weekdays like '%' || cast(site_days.weekday as string) || '%' then 1
            else 0
        end as is_worked
    from site_days
    left join holidays
        on site_days.site = holidays.site and site_days.calendar_date = holidays.holiday_date
    where site_days.place = 1
)

select
    site,
    calendar_date,
    holiday_name,
    is_worked = 1 as is_working_day,
    cast(sum(is_worked) over (
        partition by site
        order by calendar_date
        rows between unbounded preceding and current row
    ) as integer) as working_day_number
from judged
