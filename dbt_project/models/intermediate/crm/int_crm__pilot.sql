{{ config(materialized='ephemeral') }}

with versions as (
    select * from {{ ref('stg_salesforce__pilot') }}
),

newest as (
    {{ newest_readable('versions', ['pilot_id']) }}
)

select
    connection_id,
    pilot_id,
    pilot_number,
    account_id,
    title,
    proposal_id,
    status,
    start_date,
    end_date,
    goal,
    budget,
    currency,
    outcome,
    lesson_learned,
    created_at
from newest
where not _deleted
