{{ config(materialized='ephemeral') }}

-- The states a ticket went through, one row for each stay; left_at is null for the stay that lasts.
with versions as (
    select * from {{ ref('stg_servicenow__metric_instance') }}
),

newest as (
    {{ newest_readable('versions', ['metric_instance_id']) }}
),

-- a portal may measure its two state fields both: one of them tells the story once
stays as (
    select
        *,
        dense_rank() over (partition by connection_id, ticket_id order by field) as field_place
    from newest
    where not _deleted and field in ('incident_state', 'state') and started_at is not null
)

select
    connection_id,
    ticket_id,
    field_value as state,
    started_at as entered_at,
    -- the portal works its durations out later: until then the next stay ends this one
    coalesce(
        ended_at,
        lead(started_at) over (partition by connection_id, ticket_id order by started_at, metric_instance_id)
    ) as left_at
from stays
where field_place = 1
