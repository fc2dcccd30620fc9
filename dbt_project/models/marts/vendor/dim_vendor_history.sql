-- What the sources said of a vendor, and from when to when, as far as it was landed.
with vendors as (
    select * from {{ ref('int_erp__vendor') }}
),

supplier_versions as (
    select * from {{ ref('stg_sap_s4hana__supplier') }}
    where _is_readable
),

accounts as (
    select * from {{ ref('int_crosswalk__account_of_vendor') }}
),

account_versions as (
    select * from {{ ref('stg_salesforce__account') }}
    where _is_readable
),

-- before the first extraction of a vendor nothing is known of it
observed as (
    select
        vendors.vendor_key,
        vendors.first_seen_at as observed_at,
        vendors.first_seen_at as ordered_at,
        0 as source_order,
        cast(null as string) as batch_id,
        vendors.vendor_number as vendor_name,
        false as is_blocked,
        cast(null as string) as category,
        cast(null as string) as segment,
        cast(null as boolean) as is_strategic
    from vendors
    union all
    select
        vendors.vendor_key,
        greatest(versions._ordered_at, vendors.first_seen_at) as observed_at,
        versions._ordered_at as ordered_at,
        1 as source_order,
        versions._batch_id as batch_id,
        coalesce(versions.vendor_name, vendors.vendor_number) as vendor_name,
        coalesce(versions.is_purchasing_blocked, false) or coalesce(versions.is_posting_blocked, false) as is_blocked,
        cast(null as string) as category,
        cast(null as string) as segment,
        cast(null as boolean) as is_strategic
    from supplier_versions as versions
    inner join vendors
        on versions.connection_id = vendors.connection_id and versions.vendor_number = vendors.vendor_number
    union all
    select
        vendors.vendor_key,
        greatest(versions._ordered_at, vendors.first_seen_at) as observed_at,
        versions._ordered_at as ordered_at,
        2 as source_order,
        versions._batch_id as batch_id,
        cast(null as string) as vendor_name,
        cast(null as boolean) as is_blocked,
        coalesce(versions.vendor_category, 'unknown') as category,
        versions.segment,
        coalesce(versions.is_strategic, false) as is_strategic
    from account_versions as versions
    inner join accounts
        on versions.connection_id = accounts.connection_id and versions.account_id = accounts.account_id
    inner join vendors on accounts.vendor_key = vendors.vendor_key
),

-- each observation belongs to the newest one of each source so far
grouped as (
    select
        *,
        sum(case when source_order < 2 then 1 else 0 end) over (
            partition by vendor_key
            order by observed_at, ordered_at, source_order, batch_id
            rows between unbounded preceding and current row
        ) as erp_group,
        sum(case when source_order = 2 then 1 else 0 end) over (
            partition by vendor_key
            order by observed_at, ordered_at, source_order, batch_id
            rows between unbounded preceding and current row
        ) as crm_group,
        row_number() over (
            partition by vendor_key, observed_at
            order by ordered_at desc, source_order desc, batch_id desc
        ) as place_at_instant
    from observed
),

known as (
    select
        vendor_key,
        observed_at,
        place_at_instant,
        max(vendor_name) over (partition by vendor_key, erp_group) as vendor_name,
        max(case when is_blocked then 1 else 0 end) over (partition by vendor_key, erp_group) = 1 as is_blocked,
        coalesce(max(category) over (partition by vendor_key, crm_group), 'unknown') as category,
        max(segment) over (partition by vendor_key, crm_group) as segment,
        coalesce(max(case when is_strategic then 1 else 0 end) over (partition by vendor_key, crm_group), 0) = 1 as is_strategic
    from grouped
),

compared as (
    select
        vendor_key,
        observed_at,
        vendor_name,
        category,
        segment,
        is_strategic,
        is_blocked,
        {{ row_of(['vendor_name', 'category', 'segment', 'is_strategic', 'is_blocked']) }} as content,
        lag({{ row_of(['vendor_name', 'category', 'segment', 'is_strategic', 'is_blocked']) }}) over (
            partition by vendor_key
            order by observed_at
        ) as previous_content
    from known
    where place_at_instant = 1
)

select
    vendor_key,
    vendor_name,
    category,
    segment,
    is_strategic,
    is_blocked,
    observed_at as valid_from,
    lead(observed_at) over (
        partition by vendor_key
        order by observed_at
    ) as valid_to,
    row_number() over (
        partition by vendor_key
        order by observed_at desc
    ) = 1 as is_current
from compared
where {{ differs('content', 'previous_content') }}
