{{ config(materialized='ephemeral') }}

with versions as (
    select * from {{ ref('stg_salesforce__engagement') }}
),

newest as (
    {{ newest_readable('versions', ['engagement_id']) }}
)

select
    connection_id,
    engagement_id,
    engagement_number,
    account_id,
    kind,
    title,
    held_on,
    duration_days,
    participants_ours,
    participants_vendor,
    status,
    outcome
from newest
where not _deleted
