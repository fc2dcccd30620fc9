-- The settings of KPI formulas that are valid at the as-of time, as one row.
with settings as (
    select * from {{ ref('seed_kpi_setting') }}
    where valid_from <= {{ as_of_date() }}
),

newest as (
    select
        *,
        row_number() over (partition by setting order by valid_from desc) as place
    from settings
)

select
    cast(max(case when setting = 'otd_grace_days' then value end) as integer) as otd_grace_days,
    cast(max(case when setting = 'otd_late_tolerance_days' then value end) as integer) as otd_late_tolerance_days,
    cast(max(case when setting = 'ticket_target_hours' then value end) as double) as ticket_target_hours,
    cast(max(case when setting = 'nps_min_respondents' then value end) as bigint) as nps_min_respondents
from newest
where place = 1
