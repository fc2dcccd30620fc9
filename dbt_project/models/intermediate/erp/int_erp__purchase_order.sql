{{ config(materialized='incremental', incremental_strategy='replace_touched', unique_key='order_hash') }}

with versions as (
    select * from {{ touched(ref('stg_sap_s4hana__purchase_order'), '_order_hash') }}
),

-- deletion codes other than L (such as S, blocked) leave the order alive
newest as (
    {{ newest_readable('versions', ['purchase_order'], {
        'first_landed_at': '_extracted_at',
        'first_cancelled_at': "case when deletion_code = 'L' or _deleted then _ordered_at end",
    }) }}
)

select
    _order_hash as order_hash,
    connection_id,
    purchase_order,
    order_type,
    coalesce(order_type = 'UB', false) as is_stock_transport,
    vendor_number,
    connection_id || ':' || vendor_number as vendor_key,
    company_code,
    purchasing_organization,
    purchasing_group,
    order_date,
    currency,
    coalesce(deletion_code = 'L', false) or _deleted as is_cancelled,
    case when deletion_code = 'L' or _deleted then first_cancelled_at end as cancelled_at,
    _child_keys as child_keys,
    _ordered_at as changed_at,
    _seen_ordered_at as seen_changed_at,
    _seen_extracted_at as seen_extracted_at,
    first_landed_at,
    is_newest_unreadable
from newest
