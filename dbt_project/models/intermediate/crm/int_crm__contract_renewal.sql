{{ config(materialized='ephemeral') }}

with versions as (
    select * from {{ ref('stg_salesforce__contract_renewal') }}
),

newest as (
    {{ newest_readable('versions', ['contract_renewal_id']) }}
)

select
    connection_id,
    contract_renewal_id,
    contract_renewal_number,
    account_id,
    contract_number,
    due_date,
    decided_on,
    signed_on,
    outcome,
    term_months,
    annual_value,
    currency
from newest
where not _deleted
