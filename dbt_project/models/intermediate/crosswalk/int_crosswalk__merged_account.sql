-- CRM accounts that were merged into another, with the account that lives on, also where that was merged in its turn (up to four times).
{{ config(materialized='ephemeral') }}

with versions as (
    select * from {{ ref('stg_salesforce__account') }}
),

newest as (
    {{ newest_readable('versions', ['account_id']) }}
),

merged as (
    select
        connection_id,
        account_id,
        master_account_id
    from newest
    where _deleted and master_account_id is not null
)

select
    merged.connection_id,
    merged.account_id,
    coalesce(
        fourth.master_account_id, third.master_account_id, second.master_account_id, merged.master_account_id
    ) as surviving_account_id
from merged
left join merged as second
    on merged.connection_id = second.connection_id and merged.master_account_id = second.account_id
left join merged as third
    on second.connection_id = third.connection_id and second.master_account_id = third.account_id
left join merged as fourth
    on third.connection_id = fourth.connection_id and third.master_account_id = fourth.account_id
