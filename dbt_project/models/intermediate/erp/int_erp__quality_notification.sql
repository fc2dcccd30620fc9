-- Canonical quality notifications; dates and times of day as one instant, a missing time of day as midnight.
with versions as (
    select * from {{ ref('stg_sap_s4hana__quality_notification') }}
),

newest as (
    {{ newest_readable('versions', ['quality_notification']) }}
)

select
    connection_id,
    quality_notification,
    notification_type,
    vendor_number,
    material,
    plant,
    purchase_order,
    purchase_order_line,
    inspection_lot,
    priority,
    defect_group,
    {{ instant_of('reported_date', 'reported_time') }} as reported_at,
    {{ instant_of('completed_date', 'completed_time') }} as completed_at,
    complaint_quantity,
    defective_quantity,
    quantity_unit,
    coalesce(is_withdrawn, false) or _deleted as is_withdrawn,
    is_newest_unreadable
from newest
