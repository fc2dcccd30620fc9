{{ config(materialized='ephemeral') }}

with versions as (
    select * from {{ ref('stg_salesforce__reinvestment') }}
),

newest as (
    {{ newest_readable('versions', ['reinvestment_id']) }}
)

select
    connection_id,
    reinvestment_id,
    reinvestment_number,
    account_id,
    pool,
    entry_type,
    amount,
    currency,
    booked_on,
    saving_id,
    pilot_id,
    purpose
from newest
where not _deleted
