-- The CRM account that says what a vendor is. Of two accounts of one vendor: the better match, then the older account.
{{ config(materialized='ephemeral') }}

with crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'crm' and vendor_key is not null
),

accounts as (
    select * from {{ ref('int_crm__account') }}
),

ranked as (
    select
        crosswalk.vendor_key,
        crosswalk.match_method,
        accounts.connection_id,
        accounts.account_id,
        accounts.vendor_category,
        accounts.segment,
        accounts.is_strategic,
        row_number() over (
            partition by crosswalk.vendor_key
            order by
                case crosswalk.match_method when 'override' then 1 when 'number' then 2 else 3 end,
                accounts.created_at nulls last,
                accounts.account_id
        ) as place
    from crosswalk
    inner join accounts
        on crosswalk.connection_id = accounts.connection_id and crosswalk.external_id = accounts.account_id
)

select
    vendor_key,
    match_method,
    connection_id,
    account_id,
    vendor_category,
    segment,
    is_strategic
from ranked
where place = 1
