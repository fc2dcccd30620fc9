{{ config(materialized='incremental', incremental_strategy='replace_touched', unique_key='order_bucket') }}
{#- deletion codes other than L (such as S, blocked) leave the order alive -#}
{%- set is_cancelled = "(deletion_code = 'L' or _deleted)" %}

with versions as (
    select * from {{ touched(ref('stg_sap_s4hana__purchase_order'), '_order_bucket') }}
),

newest as (
    {{ newest_readable('versions', ['purchase_order'], {'first_landed_at': '_extracted_at'}) }}
),

cancelled as (
    {{ holds_since('versions', 'newest', ['purchase_order'], is_cancelled) }}
),

-- when the order was seen last, and with which parts, is also told by a version of which another field cannot be read
unreadable as (
    select
        connection_id,
        purchase_order,
        _child_keys is not null as has_children,
        _seen_ordered_at,
        _seen_extracted_at,
        row_number() over (
            partition by connection_id, purchase_order
            order by _ordered_at desc, _extracted_at desc, _batch_id desc, _row_number desc
        ) as place
    from versions
    where
        _order_bucket in (
            select newest._order_bucket from newest
            where newest.is_newest_unreadable
        )
),

told as (
    select
        newest.*,
        cancelled.since as cancelled_since,
        coalesce(unreadable.has_children, newest._child_keys is not null) as has_children,
        coalesce(unreadable._seen_ordered_at, newest._seen_ordered_at) as seen_changed_at,
        coalesce(unreadable._seen_extracted_at, newest._seen_extracted_at) as seen_extracted_at
    from newest
    left join cancelled
        on {{ same_key('newest', 'cancelled', ['connection_id', 'purchase_order']) }}
    left join unreadable
        on
            {{ same_key('newest', 'unreadable', ['connection_id', 'purchase_order']) }}
            and newest.is_newest_unreadable
            and unreadable.place = 1
)

select
    _order_bucket as order_bucket,
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
    coalesce({{ is_cancelled }}, false) as is_cancelled,
    case when {{ is_cancelled }} then coalesce(cancelled_since, _ordered_at) end as cancelled_at,
    has_children,
    seen_changed_at,
    seen_extracted_at,
    first_landed_at,
    is_newest_unreadable
from told
