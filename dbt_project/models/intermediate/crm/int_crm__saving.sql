{{ config(materialized='ephemeral') }}

with versions as (
    select * from {{ ref('stg_salesforce__saving') }}
),

newest as (
    {{ newest_readable('versions', ['saving_id']) }}
)

select
    connection_id,
    saving_id,
    saving_number,
    account_id,
    title,
    kind,
    stage,
    baseline_fixed_on,
    identified_on,
    negotiated_on,
    realised_on,
    validated_on,
    identified_amount,
    negotiated_amount,
    realised_amount,
    validated_amount,
    currency,
    validated_by,
    proposal_id
from newest
where not _deleted
