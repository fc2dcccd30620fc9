{{ config(materialized='ephemeral') }}

-- Joint KPIs with the list as it stood when their quarter began, and what became of each.
with versions as (
    select * from {{ ref('stg_salesforce__joint_kpi') }}
),

newest as (
    {{ newest_readable('versions', ['joint_kpi_id']) }}
),

-- the first landed version that says so, after the last one that did not
drops as (
    select
        dropped.connection_id,
        dropped.joint_kpi_id,
        min(dropped._ordered_at) as dropped_at
    from versions as dropped
    left join versions as kept
        on
            dropped.connection_id = kept.connection_id
            and dropped.joint_kpi_id = kept.joint_kpi_id
            and kept._is_readable
            and coalesce(kept.status, '') <> 'Dropped'
            and dropped._ordered_at < kept._ordered_at
    where dropped._is_readable and dropped.status = 'Dropped' and kept.joint_kpi_id is null
    group by dropped.connection_id, dropped.joint_kpi_id
),

dated as (
    select
        newest.*,
        {{ quarter_start('newest.quarter_name') }} as quarter,
        drops.dropped_at
    from newest
    left join drops
        on newest.connection_id = drops.connection_id and newest.joint_kpi_id = drops.joint_kpi_id
    where not newest._deleted
),

judged as (
    select
        *,
        cast({{ dbt.dateadd('month', 3, 'quarter') }} as date) as quarter_end,
        cast({{ dbt.dateadd('month', 3, 'quarter') }} as date) <= {{ as_of_date() }} as is_over,
        coalesce(is_measurable and target_value is not null and lower(direction) in ('higher', 'lower'), false) as can_be_measured,
        case
            when quarter is null then 'no_quarter'
            when agreed_on is null or coalesce(status, '') = 'Proposed' then 'not_agreed'
            when agreed_on > quarter then 'agreed_late'
            when status = 'Dropped' and cast(dropped_at as date) < quarter then 'dropped_before'
            else 'on_list'
        end as list_state,
        case lower(direction)
            when 'higher' then actual_value >= target_value
            when 'lower' then actual_value <= target_value
        end as reaches_target
    from dated
)

select
    connection_id,
    joint_kpi_id,
    joint_kpi_number,
    account_id,
    title,
    quarter,
    status,
    agreed_on,
    unit,
    direction,
    baseline_value,
    target_value,
    actual_value,
    cast(dropped_at as date) as dropped_on,
    list_state,
    can_be_measured as is_measurable,
    -- dropping a KPI that was on the list does not take it out of the count, and neither does never measuring it
    case
        when list_state <> 'on_list' then null
        when not can_be_measured then 'not_measurable'
        when status = 'Dropped' and cast(dropped_at as date) < quarter_end then 'missed'
        when status = 'Measured' and reaches_target then 'achieved'
        when is_over and reaches_target then 'achieved'
        when is_over or (status = 'Measured' and not reaches_target) then 'missed'
        else 'undecided'
    end as result
from judged
