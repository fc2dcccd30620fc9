{{ config(materialized='ephemeral') }}

-- Lots, complaints and receipts as evidence. What happens all the time and speaks for the vendor (receipts) has no document of its own.
with lots as (
    select * from {{ ref('fct_inspection_lot') }}
    where
        is_inspected and not is_receipt_reversed and vendor_key is not null and decided_date is not null
),

notifications as (
    select * from {{ ref('fct_quality_notification') }}
    where is_complaint and not is_withdrawn and vendor_key is not null and reported_at is not null
),

receipts as (
    select * from {{ ref('fct_goods_receipt') }}
    where movement = 'receipt' and not is_reversed and vendor_key is not null
)

select
    'quality_dip' as rule_id,
    vendor_key,
    decided_date as known_date,
    'inspection_lot' as document_kind,
    inspection_lot as document,
    cast(null as string) as item,
    -- a receipt can be blamed for more than came; a rejected lot that nobody counted is for lot_rejections alone
    least(cast(counted_defective_quantity as double), cast(lot_quantity as double)) as bad,
    cast(lot_quantity as double) as amount
from lots
where lot_quantity > 0 and counted_defective_quantity is not null and not is_defective_assumed
union all
select
    'lot_rejections' as rule_id,
    vendor_key,
    decided_date as known_date,
    'inspection_lot' as document_kind,
    inspection_lot as document,
    cast(null as string) as item,
    case when outcome = 'rejected' and not is_complaint_withdrawn then 1 else 0 end as bad,
    1 as amount
from lots
union all
select
    'quality_notifications' as rule_id,
    vendor_key,
    cast(reported_at as date) as known_date,
    'quality_notification' as document_kind,
    quality_notification as document,
    cast(null as string) as item,
    1 as bad,
    1 as amount
from notifications
union all
select
    'quality_notifications' as rule_id,
    vendor_key,
    recorded_date as known_date,
    'receipts' as document_kind,
    cast(null as string) as document,
    cast(null as string) as item,
    0 as bad,
    count(*) as amount
from receipts
group by vendor_key, recorded_date
