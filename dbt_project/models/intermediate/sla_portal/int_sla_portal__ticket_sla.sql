{{ config(materialized='ephemeral') }}
{#- The portal flags a breach, and what it does to the planned end afterwards (a pause, a repair) does not move its day. -#}
{% set flagged_at = "case when has_breached or lower(stage) = 'breached' then least(planned_end_at, _ordered_at) end" -%}
-- The targets attached to a ticket and where each stands at the as-of time.
with versions as (
    select * from {{ ref('stg_servicenow__task_sla') }}
),

newest as (
    {{ newest_readable('versions', ['task_sla_id'], {'first_flagged_at': flagged_at}) }}
),

judged as (
    select
        *,
        -- the portal refreshes running targets now and then: what is past its planned end is breached now, unless its clock stands still
        case
            when lower(stage) = 'cancelled' then 'cancelled'
            when has_breached or lower(stage) = 'breached' or ended_at > planned_end_at then 'breached'
            when ended_at is not null or lower(stage) in ('completed', 'achieved') then 'met'
            when lower(stage) <> 'paused' and planned_end_at < {{ as_of() }} then 'breached'
            else 'running'
        end as state
    from newest
    where not _deleted
)

select
    connection_id,
    task_sla_id,
    ticket_id,
    sla_name,
    case
        when lower(sla_type) = 'underpinning contract' then 'underpinning'
        when lower(sla_type) = 'sla' and lower(sla_target) in ('resolution', 'response') then lower(sla_target)
    end as kind,
    schedule,
    started_at,
    planned_end_at,
    ended_at,
    pause_seconds,
    business_pause_seconds,
    state,
    case when state = 'breached' then coalesce(first_flagged_at, planned_end_at) end as breached_at
from judged
