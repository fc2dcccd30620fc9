-- Tickets by the month they were opened in, hours by the month they were resolved in.
with tickets as (
    select * from {{ ref('fct_service_ticket') }}
    where vendor_key is not null and not is_cancelled and opened_at is not null
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

observations as (
    select
        tickets.vendor_key,
        {{ month_of('tickets.opened_at') }} as month,
        1 as is_opened,
        -- an open ticket older than the target has missed it; a younger one is undecided, and so is one closed without a resolution time
        case
            when tickets.gross_hours <= settings.ticket_target_hours then 1
            when tickets.gross_hours is not null then 0
            when tickets.is_open and {{ hours_between('tickets.opened_at', as_of()) }} > settings.ticket_target_hours then 0
        end as is_within_target,
        cast(null as double) as resolved_hours
    from tickets
    cross join settings
    union all
    select
        vendor_key,
        {{ month_of('resolved_at') }} as month,
        0 as is_opened,
        cast(null as integer) as is_within_target,
        gross_hours as resolved_hours
    from tickets
    where gross_hours is not null
)

select
    vendor_key,
    month,
    cast(sum(is_opened) as bigint) as tickets_opened,
    cast(count(resolved_hours) as bigint) as tickets_resolved,
    {{ percentile('resolved_hours', 0.5) }} as ticket_gross_hours_p50,
    {{ percentile('resolved_hours', 0.9) }} as ticket_gross_hours_p90,
    cast(count(is_within_target) as bigint) as tickets_decided,
    cast(coalesce(sum(is_within_target), 0) as bigint) as tickets_within_target
from observations
group by vendor_key, month
