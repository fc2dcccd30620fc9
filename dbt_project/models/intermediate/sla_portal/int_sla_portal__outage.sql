{{ config(materialized='ephemeral') }}

-- Times in which a configuration item was down or slow; an outage without an end lasts until now.
with versions as (
    select * from {{ ref('stg_servicenow__outage') }}
),

newest as (
    {{ newest_readable('versions', ['outage_id']) }}
)

select
    connection_id,
    outage_id,
    configuration_item_id,
    lower(outage_type) as kind,
    began_at as starts_at,
    coalesce(ended_at, {{ as_of() }}) as ends_at,
    ended_at is null as is_open
from newest
where
    not _deleted
    and configuration_item_id is not null
    and began_at < coalesce(ended_at, {{ as_of() }})
