{{ config(materialized='ephemeral') }}

{%- set key = [
    'connection_id', 'material', 'plant', 'storage_location', 'batch', 'stock_vendor', 'stock_customer', 'wbs_element',
    'sales_order', 'sales_order_line', 'special_stock_type', 'stock_type'
] %}

-- Canonical stock levels: what each stock row held from the extract that first showed it to the last one that repeated it. Where the
-- quantity could not be read the one before stays.
with versions as (
    select * from {{ ref('stg_sap_s4hana__material_stock') }}
    where not _deleted
),

numbered as (
    select
        *,
        sum(case when _is_readable then 1 else 0 end) over (
            partition by {{ key | join(', ') }}
            order by _ordered_at, _extracted_at, _batch_id, _row_number
            rows between unbounded preceding and current row
        ) as readable_so_far
    from versions
)

select
    connection_id,
    material,
    plant,
    storage_location,
    stock_type,
    coalesce(special_stock_type = 'K', false) as is_vendor_owned,
    base_unit,
    max(case when _is_readable then quantity end) over (
        partition by {{ key | join(', ') }}, readable_so_far
    ) as quantity,
    not _is_readable as is_newest_unreadable,
    _extracted_at as seen_from,
    _seen_extracted_at as seen_until
from numbered
