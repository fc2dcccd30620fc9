with vendors as (
    select * from {{ ref('int_erp__vendor') }}
),

accounts as (
    select * from {{ ref('int_crosswalk__account_of_vendor') }}
),

mergers as (
    select * from {{ ref('vendor_merger') }}
    where valid_to is null and to_vendor_key <> from_vendor_key
)

select
    vendors.vendor_key,
    vendors.connection_id,
    vendors.vendor_number,
    vendors.vendor_name,
    coalesce(accounts.vendor_category, 'unknown') as category,
    accounts.segment,
    coalesce(accounts.is_strategic, false) as is_strategic,
    accounts.account_id as crm_account_id,
    accounts.match_method as crosswalk_method,
    vendors.is_blocked,
    vendors.is_deleted,
    vendors.is_in_vendor_master,
    mergers.current_vendor_key as merged_into_vendor_key,
    vendors.first_seen_at
from vendors
left join accounts
    on vendors.vendor_key = accounts.vendor_key
left join mergers
    on vendors.vendor_key = mergers.from_vendor_key
