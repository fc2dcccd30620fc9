{{ config(materialized='ephemeral') }}

with versions as (
    select * from {{ ref('stg_salesforce__value_share_agreement') }}
),

newest as (
    {{ newest_readable('versions', ['value_share_agreement_id']) }}
)

select
    connection_id,
    value_share_agreement_id,
    value_share_agreement_number,
    account_id,
    valid_from,
    valid_to,
    threshold_amount,
    share_pct,
    cap_amount,
    currency,
    quality_gate_ppm,
    delivery_gate_pct,
    clawback_pct
from newest
where not _deleted
