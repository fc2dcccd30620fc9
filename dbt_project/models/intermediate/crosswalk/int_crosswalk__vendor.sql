-- One row for each party outside the ERP: its vendor by the best way that names exactly one, or why there is none.
with candidates as (
    select * from {{ ref('int_crosswalk__candidate') }}
),

ranked as (
    select
        *,
        rank() over (partition by kind, connection_id, external_id order by preference) as place
    from candidates
),

best as (
    select
        kind,
        connection_id,
        external_id,
        max(external_name) as external_name,
        max(account_number) as account_number,
        max(match_method) as match_method,
        max(vendor_key) as any_vendor_key,
        cast(count(distinct vendor_key) as bigint) as vendors_found
    from ranked
    where place = 1
    group by kind, connection_id, external_id
)

select
    kind,
    connection_id,
    external_id,
    external_name,
    account_number,
    case when vendors_found = 1 then any_vendor_key end as vendor_key,
    case when vendors_found = 1 then match_method end as match_method,
    vendors_found,
    case
        when vendors_found = 0 then 'no_match'
        when vendors_found > 1 then 'ambiguous'
    end as exception_reason
from best
