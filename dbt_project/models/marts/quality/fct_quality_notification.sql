with notifications as (
    select * from {{ ref('int_erp__quality_notification') }}
),

lots as (
    select * from {{ ref('fct_inspection_lot') }}
),

goods_receipts as (
    select * from {{ ref('fct_goods_receipt') }}
    where movement = 'receipt' and not is_reversed
),

units as (
    select * from {{ ref('int_erp__material_unit') }}
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

-- without a lot: the last receipt of the order line at or before the report, else of the order line at all
on_order_line as (
    select
        notifications.connection_id,
        notifications.quality_notification,
        coalesce(
            max(case when goods_receipts.posting_date <= cast(notifications.reported_at as date) then goods_receipts.posting_date end),
            min(goods_receipts.posting_date)
        ) as received_date
    from notifications
    inner join goods_receipts
        on
            notifications.connection_id = goods_receipts.connection_id
            and notifications.purchase_order = goods_receipts.purchase_order
            and notifications.purchase_order_line = goods_receipts.purchase_order_line
    where notifications.inspection_lot is null
    group by notifications.connection_id, notifications.quality_notification
),

judged as (
    select
        notifications.*,
        notifications.notification_type = 'Q2' as is_complaint,
        coalesce(lots.received_date, on_order_line.received_date) as received_date,
        coalesce(lots.counted_defective_quantity, 0) > 0 as is_counted_by_lot,
        units.base_unit,
        units.base_units,
        settings.quality_alert_target_hours as target_hours,
        {{ hours_between('notifications.reported_at', 'notifications.completed_at') }} as elapsed_hours,
        {{ hours_between('notifications.reported_at', as_of()) }} as age_hours
    from notifications
    cross join settings
    left join lots
        on notifications.connection_id = lots.connection_id and notifications.inspection_lot = lots.inspection_lot
    left join on_order_line
        on
            notifications.connection_id = on_order_line.connection_id
            and notifications.quality_notification = on_order_line.quality_notification
    left join units
        on
            notifications.connection_id = units.connection_id
            and notifications.material = units.material
            and notifications.quantity_unit = units.unit
),

counted as (
    select
        *,
        -- a lot that counted defects is counted once, there
        case
            when is_withdrawn or not coalesce(is_complaint, false) or is_counted_by_lot then 0
            else coalesce(defective_quantity, complaint_quantity)
        end as counted_defective_quantity
    from judged
)

select
    connection_id || ':' || quality_notification as quality_notification_key,
    connection_id,
    quality_notification,
    notification_type,
    coalesce(is_complaint, false) as is_complaint,
    connection_id || ':' || vendor_number as vendor_key,
    material,
    plant,
    purchase_order,
    purchase_order_line,
    case when inspection_lot is not null then connection_id || ':' || inspection_lot end as inspection_lot_key,
    priority,
    defect_group,
    reported_at,
    completed_at,
    received_date,
    is_withdrawn,
    completed_at is null and not is_withdrawn as is_open,
    case when completed_at >= reported_at then elapsed_hours end as elapsed_hours,
    case when completed_at is null and not is_withdrawn then age_hours end as open_hours,
    -- an open one past the target has missed it; a younger one is undecided; a withdrawn one was no alert
    case
        when is_withdrawn or completed_at < reported_at then null
        when completed_at is not null then elapsed_hours <= target_hours
        when age_hours > target_hours then false
    end as is_within_target,
    cast(complaint_quantity as decimal(18, 3)) as complaint_quantity,
    cast(defective_quantity as decimal(18, 3)) as defective_quantity,
    cast(counted_defective_quantity as decimal(18, 3)) as counted_defective_quantity,
    counted_defective_quantity > 0 and defective_quantity is null as is_defective_assumed,
    quantity_unit,
    case when base_units is not null then cast(counted_defective_quantity as double) * base_units end as defective_base_quantity,
    base_unit,
    nullif(
        concat_ws(
            ',',
            case when vendor_number is null then 'vendor_missing' end,
            case when base_units is null and counted_defective_quantity > 0 then 'unit_not_convertible' end,
            case when received_date is null and counted_defective_quantity > 0 then 'receipt_not_found' end,
            case when completed_at < reported_at then 'completed_before_reported' end,
            case when is_newest_unreadable then 'unreadable_newest_version' end
        ),
        ''
    ) as data_flags
from counted
