{{ config(materialized='ephemeral') }}

-- Joint KPIs, quality alerts (the ERP's complaints and our own) and reinvestment by quarter. The bounds of joint KPIs are what open ones
-- can still make of it: the list is complete and no sample. A share of money has no other bounds than itself.
with joint_kpis as (
    select
        quarter,
        count(*) as listed,
        sum(case when result = 'achieved' then 1 else 0 end) as achieved,
        sum(case when result = 'undecided' then 1 else 0 end) as undecided
    from {{ ref('fct_joint_kpi') }}
    where list_state = 'on_list' and result <> 'not_measurable'
    group by quarter
),

-- a complaint that was taken back was no alert; one that is younger than the target is undecided
quality_alerts as (
    select
        {{ quarter_of('reported_at') }} as quarter,
        count(*) as decided,
        sum(case when is_within_target then 1 else 0 end) as in_time
    from {{ ref('fct_quality_notification') }}
    where is_complaint and not is_withdrawn and is_within_target is not null
    group by {{ quarter_of('reported_at') }}
),

-- a watch is told in a weekly digest: nobody can answer it within a day
own_quality_alerts as (
    select
        {{ quarter_of('opened_at') }} as quarter,
        count(*) as decided,
        sum(case when is_answered_within_target then 1 else 0 end) as in_time
    from {{ ref('alert_opening') }}
    where kpi_family = 'quality' and severity = 'alert' and is_answered_within_target is not null
    group by {{ quarter_of('opened_at') }}
),

reinvestments as (
    select * from {{ ref('reinvestment_quarter') }}
),

quarters as (
    select * from {{ ref('int_ecosystem_quarter__quarter') }}
)

select
    quarters.quarter,
    'joint_kpi_achievement_rate' as metric_id,
    'joint_kpi' as source_entity,
    joint_kpis.achieved / cast(joint_kpis.listed as double) as value,
    cast(coalesce(joint_kpis.listed, 0) as bigint) as n,
    joint_kpis.achieved / cast(joint_kpis.listed as double) as lower_bound,
    (joint_kpis.achieved + joint_kpis.undecided) / cast(joint_kpis.listed as double) as upper_bound
from quarters
left join joint_kpis on quarters.quarter = joint_kpis.quarter
union all
select
    quarters.quarter,
    'quality_alert_resolution_within_24h' as metric_id,
    'quality_notification' as source_entity,
    quality_alerts.in_time / cast(quality_alerts.decided as double) as value,
    cast(coalesce(quality_alerts.decided, 0) as bigint) as n,
    {{ wilson_lower('quality_alerts.in_time', 'quality_alerts.decided') }} as lower_bound,
    {{ wilson_upper('quality_alerts.in_time', 'quality_alerts.decided') }} as upper_bound
from quarters
left join quality_alerts on quarters.quarter = quality_alerts.quarter
union all
select
    quarters.quarter,
    'own_quality_alerts_answered_within_24h' as metric_id,
    'alert_event' as source_entity,
    own_quality_alerts.in_time / cast(own_quality_alerts.decided as double) as value,
    cast(coalesce(own_quality_alerts.decided, 0) as bigint) as n,
    {{ wilson_lower('own_quality_alerts.in_time', 'own_quality_alerts.decided') }} as lower_bound,
    {{ wilson_upper('own_quality_alerts.in_time', 'own_quality_alerts.decided') }} as upper_bound
from quarters
left join own_quality_alerts on quarters.quarter = own_quality_alerts.quarter
union all
select
    quarter,
    'savings_reinvested' as metric_id,
    'reinvestment' as source_entity,
    savings_reinvested as value,
    savings_reinvested_n as n,
    savings_reinvested as lower_bound,
    savings_reinvested as upper_bound
from reinvestments
