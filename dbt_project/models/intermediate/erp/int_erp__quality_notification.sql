-- Canonical quality notifications. Dates and times of day are those of the plant's clock and become instants by the dated offsets of its
-- time zone; a missing time of day is midnight.
with versions as (
    select * from {{ ref('stg_sap_s4hana__quality_notification') }}
),

site_calendars as (
    select * from {{ ref('seed_site_calendar') }}
),

offsets as (
    {{ local_offsets() }}
),

newest as (
    {{ newest_readable('versions', ['quality_notification']) }}
),

-- the newest row of the plant that is valid on the day of the report, else of the site *
placed as (
    select
        newest.*,
        site_calendars.time_zone,
        {{ instant_of('newest.reported_date', 'newest.reported_time') }} as local_reported_at,
        {{ instant_of('newest.completed_date', 'newest.completed_time') }} as local_completed_at,
        row_number() over (
            partition by newest.connection_id, newest.quality_notification
            order by case when site_calendars.site = '*' then 1 else 0 end, site_calendars.valid_from desc
        ) as place
    from newest
    left join site_calendars
        on
            (newest.plant = site_calendars.site or site_calendars.site = '*')
            and newest.reported_date >= site_calendars.valid_from
)

select
    placed.connection_id,
    placed.quality_notification,
    placed.notification_type,
    placed.vendor_number,
    placed.material,
    placed.plant,
    placed.purchase_order,
    placed.purchase_order_line,
    placed.inspection_lot,
    placed.priority,
    placed.defect_group,
    {{ dbt.dateadd('minute', '-reported_offsets.utc_offset_minutes', 'placed.local_reported_at') }} as reported_at,
    {{ dbt.dateadd('minute', '-completed_offsets.utc_offset_minutes', 'placed.local_completed_at') }} as completed_at,
    placed.complaint_quantity,
    placed.defective_quantity,
    placed.quantity_unit,
    coalesce(placed.is_withdrawn, false) or placed._deleted as is_withdrawn,
    placed.is_newest_unreadable
from placed
left join offsets as reported_offsets
    on {{ offset_holds('reported_offsets', 'placed.time_zone', 'placed.local_reported_at') }}
left join offsets as completed_offsets
    on {{ offset_holds('completed_offsets', 'placed.time_zone', 'placed.local_completed_at') }}
where placed.place = 1
