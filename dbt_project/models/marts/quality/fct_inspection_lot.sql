with lots as (
    select * from {{ ref('int_erp__inspection_lot') }}
),

notifications as (
    select * from {{ ref('int_erp__quality_notification') }}
    where inspection_lot is not null
),

goods_receipts as (
    select * from {{ ref('fct_goods_receipt') }}
),

units as (
    select * from {{ ref('int_erp__material_unit') }}
),

-- what complaints about a lot say: its count where they know one, and whether all of them were taken back
complaints as (
    select
        connection_id,
        inspection_lot,
        cast(count(*) as bigint) as notifications,
        min(case when is_withdrawn then 1 else 0 end) = 1 as all_withdrawn,
        max(case when not is_withdrawn then defective_quantity end) as proven_quantity
    from notifications
    group by connection_id, inspection_lot
),

judged as (
    select
        lots.*,
        goods_receipts.goods_receipt_key,
        goods_receipts.posting_date as received_date,
        coalesce(goods_receipts.is_reversed, false) as is_receipt_reversed,
        coalesce(complaints.notifications, 0) as notifications,
        coalesce(complaints.all_withdrawn, false) as all_withdrawn,
        complaints.proven_quantity,
        units.base_unit,
        units.base_units,
        case
            when lots.valuation is null then 'undecided'
            when lots.valuation = 'R' then 'rejected'
            -- goods that nobody looked at were let through, not accepted
            when lots.sample_quantity = 0 then 'skipped'
            else 'accepted'
        end as outcome
    from lots
    left join goods_receipts
        on
            lots.connection_id = goods_receipts.connection_id
            and lots.document_year = goods_receipts.document_year
            and lots.material_document = goods_receipts.material_document
            and lots.document_item = goods_receipts.document_item
    left join complaints
        on lots.connection_id = complaints.connection_id and lots.inspection_lot = complaints.inspection_lot
    left join units
        on
            lots.connection_id = units.connection_id
            and lots.material = units.material
            and lots.quantity_unit = units.unit
),

counted as (
    select
        *,
        case
            when outcome = 'undecided' then null
            -- a dispute that the vendor won takes the blame away, whatever was counted
            when all_withdrawn then 0
            when defective_quantity is not null then defective_quantity
            when proven_quantity is not null then proven_quantity
            when outcome = 'rejected' then lot_quantity
            else 0
        end as counted_defective_quantity,
        outcome = 'rejected' and not all_withdrawn and defective_quantity is null and proven_quantity is null as is_assumed
    from judged
)

select
    connection_id || ':' || inspection_lot as inspection_lot_key,
    connection_id,
    inspection_lot,
    lot_type,
    goods_receipt_key,
    connection_id || ':' || vendor_number as vendor_key,
    purchase_order,
    purchase_order_line,
    plant,
    material,
    created_date,
    received_date,
    decided_date,
    outcome,
    decision_code,
    outcome in ('accepted', 'rejected') as is_inspected,
    cast(quality_score as integer) as quality_score,
    cast(lot_quantity as decimal(18, 3)) as lot_quantity,
    cast(sample_quantity as decimal(18, 3)) as sample_quantity,
    quantity_unit,
    cast(defective_quantity as decimal(18, 3)) as defective_quantity,
    cast(counted_defective_quantity as decimal(18, 3)) as counted_defective_quantity,
    is_assumed as is_defective_assumed,
    notifications,
    all_withdrawn as is_complaint_withdrawn,
    is_receipt_reversed,
    case when base_units is not null then cast(lot_quantity as double) * base_units end as lot_base_quantity,
    case when base_units is not null then cast(counted_defective_quantity as double) * base_units end as defective_base_quantity,
    base_unit,
    cast(quantity_to_free as decimal(18, 3)) as quantity_to_free,
    cast(quantity_to_blocked as decimal(18, 3)) as quantity_to_blocked,
    cast(quantity_returned as decimal(18, 3)) as quantity_returned,
    nullif(
        concat_ws(
            ',',
            case when base_units is null then 'unit_not_convertible' end,
            case when material_document is not null and goods_receipt_key is null then 'receipt_not_found' end,
            case when defective_quantity > lot_quantity then 'more_defective_than_in_lot' end,
            case when decided_date < created_date then 'decided_before_created' end,
            case when is_newest_unreadable then 'unreadable_newest_version' end
        ),
        ''
    ) as data_flags
from counted
