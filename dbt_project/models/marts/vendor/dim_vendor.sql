with vendors as (
    select * from {{ ref('int_erp__vendor') }}
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'crm' and vendor_key is not null
),

accounts as (
    select * from {{ ref('int_crm__account') }}
),

-- two accounts of one vendor: the better match, then the older account
ranked as (
    select
        crosswalk.vendor_key,
        crosswalk.match_method,
        accounts.account_id,
        accounts.vendor_category,
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
    vendors.vendor_key,
    vendors.connection_id,
    vendors.vendor_number,
    vendors.vendor_name,
    coalesce(ranked.vendor_category, 'unknown') as category,
    coalesce(ranked.is_strategic, false) as is_strategic,
    ranked.account_id as crm_account_id,
    ranked.match_method as crosswalk_method,
    vendors.is_blocked,
    vendors.is_deleted,
    vendors.is_in_vendor_master,
    vendors.first_seen_at
from vendors
left join ranked
    on vendors.vendor_key = ranked.vendor_key and ranked.place = 1
