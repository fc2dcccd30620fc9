with versions as (
    select * from {{ ref('stg_salesforce__account') }}
),

newest as (
    {{ newest_readable('versions', ['account_id']) }}
)

select
    connection_id,
    account_id,
    account_name,
    account_number,
    account_type,
    vendor_category,
    segment,
    coalesce(is_strategic, false) as is_strategic,
    created_at
from newest
where not _deleted
