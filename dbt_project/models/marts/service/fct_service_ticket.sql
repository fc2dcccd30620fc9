with tickets as (
    select * from {{ ref('int_sla_portal__ticket') }}
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'sla_portal'
),

vendors as (
    select * from {{ ref('dim_vendor') }}
)

select
    tickets.connection_id || ':' || tickets.ticket_id as ticket_key,
    tickets.connection_id,
    tickets.ticket,
    crosswalk.vendor_key,
    vendors.vendor_name,
    tickets.organisation_name,
    tickets.state,
    tickets.priority,
    tickets.category,
    tickets.contact_type,
    tickets.assignment_group,
    tickets.opened_at,
    tickets.resolved_at,
    tickets.closed_at,
    case
        when tickets.resolved_at >= tickets.opened_at then {{ hours_between('tickets.opened_at', 'tickets.resolved_at') }}
    end as gross_hours,
    -- no loaded source tells when a ticket was paused
    cast(null as double) as net_hours,
    tickets.is_open,
    tickets.is_cancelled,
    tickets.reopen_count,
    tickets.reassignment_count,
    tickets.made_sla,
    nullif(
        concat_ws(
            ',',
            case when tickets.resolved_at < tickets.opened_at then 'resolved_before_opened' end,
            case when tickets.opened_at is null then 'no_opening_time' end,
            case when not tickets.is_open and not tickets.is_cancelled and tickets.resolved_at is null then 'no_resolution_time' end,
            case when tickets.is_newest_unreadable then 'unreadable_newest_version' end
        ),
        ''
    ) as data_flags
from tickets
left join crosswalk
    on tickets.connection_id = crosswalk.connection_id and tickets.organisation_id = crosswalk.external_id
left join vendors
    on crosswalk.vendor_key = vendors.vendor_key
