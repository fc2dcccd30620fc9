{{ config(materialized='ephemeral') }}

-- Tickets as evidence: on the day on which they passed their target, or the usual time, and not when they are solved.
with tickets as (
    select * from {{ ref('fct_service_ticket') }}
    where vendor_key is not null and not is_cancelled and opened_at is not null
),

usual_hours as (
    select * from {{ ref('int_vendor_warning__usual_ticket_hours') }}
)

select
    'service_breaches' as rule_id,
    vendor_key,
    case
        when resolution_state = 'breached'
            then cast(least(resolution_planned_end_at, coalesce(resolved_at, resolution_planned_end_at)) as date)
        else cast(resolved_at as date)
    end as known_date,
    'ticket' as document_kind,
    ticket as document,
    cast(null as string) as item,
    case when resolution_state = 'breached' then 1 else 0 end as bad,
    1 as amount
from tickets
where resolution_state in ('met', 'breached')
union all
select
    'service_slowdown' as rule_id,
    tickets.vendor_key,
    least(
        coalesce(cast(tickets.resolved_at as date), date '9999-12-31'),
        cast({{ dbt.dateadd('minute', 'cast(usual_hours.usual_hours * 60 as integer)', 'tickets.opened_at') }} as date)
    ) as known_date,
    'ticket' as document_kind,
    tickets.ticket as document,
    cast(null as string) as item,
    case
        when {{ hours_between('tickets.opened_at', 'coalesce(tickets.resolved_at, ' ~ as_of() ~ ')') }} > usual_hours.usual_hours then 1
        else 0
    end as bad,
    1 as amount
from tickets
inner join usual_hours
    on
        tickets.connection_id = usual_hours.connection_id
        and tickets.priority = usual_hours.priority
        and {{ quarter_of('tickets.opened_at') }} = usual_hours.quarter
where
    tickets.resolved_at is not null
    or {{ hours_between('tickets.opened_at', as_of()) }} > usual_hours.usual_hours
