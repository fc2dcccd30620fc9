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
    cast(max(case when setting = 'health_min_coverage' then value end) as double) as health_min_coverage,
    cast(max(case when setting = 'nps_min_respondents' then value end) as bigint) as nps_min_respondents,
    cast(max(case when setting = 'ticket_stable_hours' then value end) as double) as ticket_stable_hours,
    cast(max(case when setting = 'innovation_feedback_days' then value end) as integer) as innovation_feedback_days,
    cast(max(case when setting = 'pilot_min_raters' then value end) as bigint) as pilot_min_raters,
    cast(max(case when setting = 'pilot_min_coverage' then value end) as double) as pilot_min_coverage,
    cast(max(case when setting = 'rfq_window_days' then value end) as integer) as rfq_window_days,
    cast(max(case when setting = 'quality_alert_target_hours' then value end) as double) as quality_alert_target_hours,
    cast(max(case when setting = 'price_outlier_min_lines' then value end) as bigint) as price_outlier_min_lines,
    cast(max(case when setting = 'price_outlier_mads' then value end) as double) as price_outlier_mads,
    cast(max(case when setting = 'price_outlier_min_factor' then value end) as double) as price_outlier_min_factor,
    cast(max(case when setting = 'stock_use_window_days' then value end) as integer) as stock_use_window_days,
    cast(max(case when setting = 'stock_use_min_days' then value end) as integer) as stock_use_min_days,
    cast(max(case when setting = 'stock_slip_days' then value end) as integer) as stock_slip_days,
    cast(max(case when setting = 'lead_time_horizon_days' then value end) as integer) as lead_time_horizon_days
from newest
where place = 1
