{{ config(materialized='ephemeral') }}

with versions as (
    select * from {{ ref('stg_salesforce__roadmap_item') }}
),

newest as (
    {{ newest_readable('versions', ['roadmap_item_id']) }}
)

select
    connection_id,
    roadmap_item_id,
    roadmap_item_number,
    account_id,
    title,
    planned_start,
    planned_end,
    actual_end,
    investment,
    currency,
    our_share_pct,
    ip_terms,
    status
from newest
where not _deleted
