{{ config(materialized='ephemeral') }}
{% set fewest_tickets, slow_share = 20, 0.75 -%}

-- Hours within which three quarters of a priority's tickets were solved, for the tickets of a quarter: of the four quarters before the last
-- one, of all vendors of the portal, so that a slower vendor does not become usual by itself. Open tickets count as longer than any.
with tickets as (
    select
        connection_id,
        priority,
        {{ quarter_of('opened_at') }} as opened_quarter,
        case
            when resolved_at is not null then {{ hours_between('opened_at', 'resolved_at') }}
            else 1000000
        end as hours
    from {{ ref('fct_service_ticket') }}
    where not is_cancelled and opened_at is not null and priority is not null
),

quarters as (
    select distinct opened_quarter as quarter
    from tickets
)

select
    tickets.connection_id,
    tickets.priority,
    quarters.quarter,
    {{ percentile('tickets.hours', slow_share) }} as usual_hours
from quarters
inner join tickets
    on
        {{ dbt.datediff('tickets.opened_quarter', 'quarters.quarter', 'quarter') }} between 2 and 5
group by tickets.connection_id, tickets.priority, quarters.quarter
having count(*) >= {{ fewest_tickets }} and {{ percentile('tickets.hours', slow_share) }} < 1000000
