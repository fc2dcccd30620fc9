with versions as (
    select * from {{ ref('stg_sap_s4hana__purchase_order') }}
),

newest as (
    {{ newest_readable('versions', ['purchase_order']) }}
),

first_landed as (
    select
        connection_id,
        purchase_order,
        min(_extracted_at) as first_landed_at
    from versions
    group by connection_id, purchase_order
),

-- deletion codes other than L (such as S, blocked) leave the order alive
cancelled as (
    select
        connection_id,
        purchase_order,
        min(_ordered_at) as cancelled_at
    from versions
    where deletion_code = 'L' or _deleted
    group by connection_id, purchase_order
)

select
    newest.connection_id,
    newest.purchase_order,
    newest.order_type,
    coalesce(newest.order_type = 'UB', false) as is_stock_transport,
    newest.vendor_number,
    newest.connection_id || ':' || newest.vendor_number as vendor_key,
    newest.company_code,
    newest.purchasing_organization,
    newest.purchasing_group,
    newest.order_date,
    newest.currency,
    coalesce(newest.deletion_code = 'L', false) or newest._deleted as is_cancelled,
    case when newest.deletion_code = 'L' or newest._deleted then cancelled.cancelled_at end as cancelled_at,
    newest._child_keys as child_keys,
    newest._ordered_at as changed_at,
    newest._seen_ordered_at as seen_changed_at,
    first_landed.first_landed_at,
    newest.is_newest_unreadable
from newest
inner join first_landed
    on newest.connection_id = first_landed.connection_id and newest.purchase_order = first_landed.purchase_order
left join cancelled
    on newest.connection_id = cancelled.connection_id and newest.purchase_order = cancelled.purchase_order
