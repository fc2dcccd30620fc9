{{ config(materialized='ephemeral') }}

-- One row for each ticket with targets: every target of a kind must be met; cancelled targets are left out.
with targets as (
    select * from {{ ref('int_sla_portal__ticket_sla') }}
    where state <> 'cancelled' and kind is not null
),

-- the schedule of the contract: that of the resolution target which was attached last
ranked as (
    select
        *,
        row_number() over (
            partition by connection_id, ticket_id, kind
            order by started_at desc nulls last, task_sla_id desc
        ) as place
    from targets
)

select
    connection_id,
    ticket_id,
    {%- for kind in ['resolution', 'response', 'underpinning'] %}
    case
        when sum(case when kind = '{{ kind }}' and state = 'breached' then 1 else 0 end) > 0 then 'breached'
        when sum(case when kind = '{{ kind }}' and state = 'running' then 1 else 0 end) > 0 then 'running'
        when sum(case when kind = '{{ kind }}' then 1 else 0 end) > 0 then 'met'
    end as {{ kind }}_state,
    max(case when kind = '{{ kind }}' and place = 1 then planned_end_at end) as {{ kind }}_planned_end_at,
    {%- endfor %}
    min(case when kind = 'resolution' and state = 'breached' then breached_at end) as resolution_breached_at,
    max(case when kind = 'resolution' and place = 1 then sla_name end) as resolution_target,
    max(case when kind = 'resolution' and place = 1 then schedule end) as schedule,
    max(case when kind = 'resolution' and place = 1 then pause_seconds end) as pause_seconds,
    max(case when kind = 'resolution' and place = 1 then business_pause_seconds end) as business_pause_seconds
from ranked
group by connection_id, ticket_id
