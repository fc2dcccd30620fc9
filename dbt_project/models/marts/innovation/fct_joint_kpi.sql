with joint_kpis as (
    select * from {{ ref('int_crm__joint_kpi') }}
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'crm'
)

select
    joint_kpis.connection_id || ':' || joint_kpis.joint_kpi_id as joint_kpi_key,
    joint_kpis.connection_id,
    joint_kpis.joint_kpi_number as joint_kpi,
    crosswalk.vendor_key,
    joint_kpis.account_id as crm_account_id,
    joint_kpis.title,
    joint_kpis.quarter,
    joint_kpis.status,
    joint_kpis.agreed_on,
    joint_kpis.dropped_on,
    joint_kpis.list_state,
    joint_kpis.is_measurable,
    joint_kpis.unit,
    joint_kpis.direction,
    cast(joint_kpis.baseline_value as double) as baseline_value,
    cast(joint_kpis.target_value as double) as target_value,
    cast(joint_kpis.actual_value as double) as actual_value,
    joint_kpis.result
from joint_kpis
left join crosswalk
    on joint_kpis.connection_id = crosswalk.connection_id and joint_kpis.account_id = crosswalk.external_id
