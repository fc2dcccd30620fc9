with versions as (
    select * from {{ ref('stg_servicenow__incident') }}
),

newest as (
    {{ newest_readable('versions', ['ticket_id']) }}
),

-- 6 resolved, 7 closed, 8 cancelled; a reopened ticket leaves these states and is the same episode again
with_state as (
    select
        *,
        coalesce(state = '8', false) as is_cancelled,
        case
            when state is null then resolved_at is null and closed_at is null
            else state not in ('6', '7', '8')
        end as is_open
    from newest
    where not _deleted
)

select
    connection_id,
    ticket_id,
    coalesce(ticket, ticket_id) as ticket,
    state,
    priority,
    category,
    contact_type,
    assignment_group,
    -- a portal that names the vendor without a reference still names it
    coalesce(vendor_id, vendor_name) as organisation_id,
    vendor_name as organisation_name,
    made_sla,
    reopen_count,
    reassignment_count,
    opened_at,
    case when not is_open and not is_cancelled then resolved_at end as resolved_at,
    case when not is_open then closed_at end as closed_at,
    is_cancelled,
    is_open,
    is_newest_unreadable
from with_state
