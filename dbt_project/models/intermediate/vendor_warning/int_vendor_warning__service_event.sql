{{ config(materialized='ephemeral') }}

-- Tickets as evidence. One speaks against its vendor from the day on which it was breached, or took longer than usual, whether or not it is
-- solved by now; one speaks for its vendor once its solution has held, because until then it can be reopened.
with tickets as (
    select * from {{ ref('fct_service_ticket') }}
    where vendor_key is not null and not is_cancelled and opened_at is not null
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

usual_hours as (
    select * from {{ ref('int_vendor_warning__usual_ticket_hours') }}
),

dated as (
    select
        tickets.*,
        cast(
            {{ dbt.dateadd('minute', 'cast(settings.ticket_stable_hours * 60 as integer)', 'tickets.resolved_at') }} as date
        ) as solved_date
    from tickets
    cross join settings
),

timed as (
    select
        dated.*,
        cast(
            {{ dbt.dateadd('minute', 'cast(usual_hours.usual_hours * 60 as integer)', 'dated.opened_at') }} as date
        ) as slow_date,
        {{ hours_between('dated.opened_at', 'coalesce(dated.resolved_at, ' ~ as_of() ~ ')') }} > usual_hours.usual_hours as is_slow
    from dated
    inner join usual_hours
        on
            dated.connection_id = usual_hours.connection_id
            and dated.priority = usual_hours.priority
            and {{ quarter_of('dated.opened_at') }} = usual_hours.quarter
)

select
    'service_breaches' as rule_id,
    vendor_key,
    case when resolution_state = 'breached' then cast(resolution_breached_at as date) else solved_date end as known_date,
    'ticket' as document_kind,
    ticket as document,
    cast(null as string) as item,
    case when resolution_state = 'breached' then 1 else 0 end as bad,
    1 as amount
from dated
where resolution_state in ('met', 'breached')
union all
select
    'service_slowdown' as rule_id,
    vendor_key,
    case when is_slow then slow_date else solved_date end as known_date,
    'ticket' as document_kind,
    ticket as document,
    cast(null as string) as item,
    case when is_slow then 1 else 0 end as bad,
    1 as amount
from timed
where resolved_at is not null or is_slow
