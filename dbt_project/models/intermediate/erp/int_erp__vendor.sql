with versions as (
    select * from {{ ref('stg_sap_s4hana__supplier') }}
),

order_versions as (
    select * from {{ ref('stg_sap_s4hana__purchase_order') }}
    where vendor_number is not null
),

newest as (
    {{ newest_readable('versions', ['vendor_number']) }}
),

in_master as (
    select
        connection_id,
        vendor_number,
        min(_extracted_at) as first_seen_at
    from versions
    group by connection_id, vendor_number
),

on_orders as (
    select
        connection_id,
        vendor_number,
        min(_extracted_at) as first_seen_at
    from order_versions
    group by connection_id, vendor_number
),

known as (
    select
        connection_id,
        vendor_number,
        min(first_seen_at) as first_seen_at
    from (
        select * from in_master
        union all
        select * from on_orders
    ) as seen
    group by connection_id, vendor_number
)

select
    known.connection_id || ':' || known.vendor_number as vendor_key,
    known.connection_id,
    known.vendor_number,
    coalesce(newest.vendor_name, known.vendor_number) as vendor_name,
    newest.account_group,
    coalesce(newest.is_purchasing_blocked, false) or coalesce(newest.is_posting_blocked, false) as is_blocked,
    coalesce(newest.is_marked_for_deletion, false) or coalesce(newest._deleted, false) as is_deleted,
    newest.vendor_number is not null as is_in_vendor_master,
    known.first_seen_at
from known
left join newest
    on known.connection_id = newest.connection_id and known.vendor_number = newest.vendor_number
