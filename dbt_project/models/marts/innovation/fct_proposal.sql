with proposals as (
    select * from {{ ref('int_crm__proposal') }}
),

pilots as (
    select
        connection_id,
        proposal_id,
        max(case when outcome = 'Adopted' then 1 else 0 end) as adopted
    from {{ ref('int_crm__pilot') }}
    where proposal_id is not null and status <> 'Planned'
    group by connection_id, proposal_id
),

-- value is realised when an invoice shows it, not when it is promised
savings as (
    select
        connection_id,
        proposal_id,
        count(*) as realised
    from {{ ref('int_crm__saving') }}
    where proposal_id is not null and stage in ('Realised', 'Validated')
    group by connection_id, proposal_id
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'crm'
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

joined as (
    select
        proposals.*,
        crosswalk.vendor_key,
        proposals.status in ('Triaged', 'Actionable', 'Pilot', 'Adopted', 'Rejected') as is_past_submission,
        pilots.proposal_id is not null or proposals.status in ('Pilot', 'Adopted') as is_piloted,
        coalesce(pilots.adopted = 1, false) or coalesce(proposals.status = 'Adopted', false) as is_adopted,
        savings.proposal_id is not null as is_value_realised,
        pilots.proposal_id is null and coalesce(proposals.status in ('Submitted', 'Triaged', 'Actionable'), true) as is_waiting,
        {{ days_between('proposals.submitted_date', 'proposals.first_feedback_at') }} as feedback_days,
        {{ days_between('proposals.submitted_date', as_of_date()) }} as age_days,
        settings.innovation_feedback_days
    from proposals
    left join pilots
        on proposals.connection_id = pilots.connection_id and proposals.proposal_id = pilots.proposal_id
    left join savings
        on proposals.connection_id = savings.connection_id and proposals.proposal_id = savings.proposal_id
    left join crosswalk
        on proposals.connection_id = crosswalk.connection_id and proposals.account_id = crosswalk.external_id
    cross join settings
)

select
    connection_id || ':' || proposal_id as proposal_key,
    connection_id,
    proposal_number as proposal,
    vendor_key,
    account_id as crm_account_id,
    title,
    status,
    submitted_date,
    {{ quarter_of('submitted_date') }} as quarter,
    is_repeat,
    is_actionable,
    coalesce(is_past_submission, false) or first_feedback_at is not null as is_triaged,
    coalesce(is_piloted, false) as is_piloted,
    is_adopted,
    is_value_realised,
    is_waiting,
    case when is_waiting then age_days end as waiting_days,
    first_feedback_at,
    feedback_days,
    -- silence is a miss once the days are over; before that nobody can tell
    case
        when feedback_days <= innovation_feedback_days then true
        when feedback_days is not null or age_days > innovation_feedback_days then false
    end as is_feedback_in_time,
    cast(benefit_estimate as double) as benefit_estimate,
    cast(cost_to_implement as double) as cost_to_implement,
    cast(days_to_implement as integer) as days_to_implement,
    currency
from joined
