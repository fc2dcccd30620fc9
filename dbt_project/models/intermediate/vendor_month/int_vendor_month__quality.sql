-- Defects, inspection lots and complaints by vendor and month. Units count in one unit of measure: the base unit of most receipts of
-- the month, because pieces and kilograms do not add up.
with units as (
    select * from {{ ref('int_quality__unit') }}
),

lots as (
    select * from {{ ref('fct_inspection_lot') }}
    where decided_date is not null and not is_receipt_reversed
),

notifications as (
    select * from {{ ref('fct_quality_notification') }}
    where is_complaint and not is_withdrawn
),

by_unit as (
    select
        vendor_key,
        month,
        base_unit,
        -- a sum of doubles has no order: rounded, the same rows give the same number
        round(sum(units_at_risk), 6) as units_at_risk,
        round(sum(registered_defects), 6) as registered_defects,
        round(sum(received_defects), 6) as received_defects,
        row_number() over (
            partition by vendor_key, month
            order by sum(is_receipt) desc, sum(registered_defects) desc, base_unit
        ) as place
    from units
    group by vendor_key, month, base_unit
),

observations as (
    select
        vendor_key,
        {{ month_of('decided_date') }} as month,
        case when is_inspected then 1 else 0 end as is_inspected_lot,
        case when outcome = 'rejected' then 1 else 0 end as is_rejected_lot,
        case when outcome = 'skipped' then 1 else 0 end as is_skipped_lot,
        0 as is_complaint,
        cast(null as integer) as is_within_target,
        cast(null as double) as elapsed_hours
    from lots
    union all
    select
        vendor_key,
        {{ month_of('reported_at') }} as month,
        0 as is_inspected_lot,
        0 as is_rejected_lot,
        0 as is_skipped_lot,
        1 as is_complaint,
        case when is_within_target then 1 when not is_within_target then 0 end as is_within_target,
        elapsed_hours
    from notifications
),

counted as (
    select
        vendor_key,
        month,
        cast(sum(is_inspected_lot) as bigint) as inspected_lots,
        cast(sum(is_rejected_lot) as bigint) as rejected_lots,
        cast(sum(is_skipped_lot) as bigint) as skipped_lots,
        cast(sum(is_complaint) as bigint) as complaints,
        cast(count(is_within_target) as bigint) as complaints_decided,
        cast(coalesce(sum(is_within_target), 0) as bigint) as complaints_in_time,
        {{ percentile('elapsed_hours', 0.5) }} as complaint_hours_p50,
        {{ percentile('elapsed_hours', 0.9) }} as complaint_hours_p90
    from observations
    where vendor_key is not null and month is not null
    group by vendor_key, month
),

vendor_months as (
    select
        vendor_key,
        month
    from by_unit
    where place = 1 and vendor_key is not null
    union
    select
        vendor_key,
        month
    from counted
),

measured as (
    select
        vendor_months.vendor_key,
        vendor_months.month,
        by_unit.base_unit as defect_ppm_unit,
        -- the count shown is in whole units: less than half a unit shows as none, and a share of nothing is unknown
        case when by_unit.units_at_risk >= 0.5 then by_unit.units_at_risk else 0 end as units_at_risk,
        coalesce(by_unit.registered_defects, 0) as registered_defects,
        coalesce(by_unit.received_defects, 0) as received_defects,
        coalesce(counted.inspected_lots, 0) as inspected_lots,
        coalesce(counted.rejected_lots, 0) as rejected_lots,
        coalesce(counted.skipped_lots, 0) as skipped_lots,
        coalesce(counted.complaints, 0) as complaints,
        coalesce(counted.complaints_decided, 0) as complaints_decided,
        coalesce(counted.complaints_in_time, 0) as complaints_in_time,
        counted.complaint_hours_p50,
        counted.complaint_hours_p90
    from vendor_months
    left join by_unit
        on vendor_months.vendor_key = by_unit.vendor_key and vendor_months.month = by_unit.month and by_unit.place = 1
    left join counted
        on vendor_months.vendor_key = counted.vendor_key and vendor_months.month = counted.month
)

select
    vendor_key,
    month,
    defect_ppm_unit,
    registered_defects,
    received_defects,
    {%- for kpi in ['registered', 'received'] %}
    1000000 * {{ kpi }}_defects / nullif(units_at_risk, 0) as defect_ppm_{{ kpi }},
    cast(round(units_at_risk) as bigint) as defect_ppm_{{ kpi }}_n,
    1000000 * {{ poisson_lower(kpi ~ '_defects') }} / nullif(units_at_risk, 0) as defect_ppm_{{ kpi }}_lower,
    1000000 * {{ poisson_upper(kpi ~ '_defects') }} / nullif(units_at_risk, 0) as defect_ppm_{{ kpi }}_upper,
    {%- endfor %}
    rejected_lots,
    {%- for kpi, parts in {
        'lot_rejection_rate': ['rejected_lots', 'inspected_lots'],
        'complaints_within_target': ['complaints_in_time', 'complaints_decided'],
    }.items() %}
    {{ parts[0] }} / nullif(cast({{ parts[1] }} as double), 0) as {{ kpi }},
    {{ parts[1] }} as {{ kpi }}_n,
    {{ wilson_lower(parts[0], parts[1]) }} as {{ kpi }}_lower,
    {{ wilson_upper(parts[0], parts[1]) }} as {{ kpi }}_upper,
    {%- endfor %}
    skipped_lots,
    complaints,
    complaint_hours_p50,
    complaint_hours_p90
from measured
