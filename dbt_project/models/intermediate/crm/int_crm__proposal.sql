-- Proposals, with the gate of "actionable": a named problem, a benefit estimate, an owner, a next step, and a cost or a time.
with versions as (
    select * from {{ ref('stg_salesforce__innovation_proposal') }}
),

newest as (
    {{ newest_readable('versions', ['proposal_id']) }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by connection_id, account_id, coalesce({{ normalised_name('title') }}, proposal_id)
            order by submitted_date nulls last, created_at nulls last, proposal_id
        ) as place
    from newest
    where not _deleted
)

select
    connection_id,
    proposal_id,
    proposal_number,
    account_id,
    title,
    status,
    problem,
    benefit_estimate,
    cost_to_implement,
    days_to_implement,
    currency,
    proposal_owner,
    next_step,
    submitted_date,
    first_feedback_at,
    place > 1 as is_repeat,
    place = 1
    and problem is not null
    and benefit_estimate is not null
    and proposal_owner is not null
    and next_step is not null
    and (cost_to_implement is not null or days_to_implement is not null) as is_actionable
from ranked
