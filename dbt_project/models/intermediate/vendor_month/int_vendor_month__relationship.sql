{% set directions = {'vendor_nps': 'vendor_rates_us', 'stakeholder_nps': 'stakeholder_rates_vendor'} -%}

-- Votes in both directions, proposals, renewals and engagements, for accounts that are known to be a vendor.
with crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'crm' and vendor_key is not null
),

responses as (
    select * from {{ ref('int_crm__survey_response') }}
),

proposals as (
    select * from {{ ref('int_crm__proposal') }}
    where submitted_date is not null
),

renewals as (
    select
        vendor_key,
        {{ month_of('signed_on') }} as month,
        {{ percentile('lead_days', 0.5) }} as renewal_lead_days_p50,
        cast(count(*) as bigint) as renewals_signed
    from {{ ref('fct_contract_renewal') }}
    where vendor_key is not null and signed_on <= {{ as_of_date() }}
    group by vendor_key, {{ month_of('signed_on') }}
),

engagements as (
    select
        vendor_key,
        {{ month_of('held_on') }} as month,
        cast(count(*) as bigint) as engagements_held
    from {{ ref('fct_engagement') }}
    where vendor_key is not null and state = 'held' and held_on is not null
    group by vendor_key, {{ month_of('held_on') }}
),

observations as (
    select
        connection_id,
        account_id,
        {{ month_of('submitted_at') }} as month,
        direction,
        score,
        0 as is_submitted,
        0 as is_actionable
    from responses
    union all
    select
        connection_id,
        account_id,
        {{ month_of('submitted_date') }} as month,
        cast(null as string) as direction,
        cast(null as decimal(4, 1)) as score,
        case when is_repeat then 0 else 1 end as is_submitted,
        case when is_actionable then 1 else 0 end as is_actionable
    from proposals
),

counted as (
    select
        crosswalk.vendor_key,
        observations.month,
        {%- for name, direction in directions.items() %}
        cast(sum(case when observations.direction = '{{ direction }}' then 1 else 0 end) as bigint) as {{ name }}_votes,
        cast(
            sum(case when observations.direction = '{{ direction }}' and observations.score >= 9 then 1 else 0 end) as bigint
        ) as {{ name }}_promoters,
        cast(
            sum(case when observations.direction = '{{ direction }}' and observations.score <= 6 then 1 else 0 end) as bigint
        ) as {{ name }}_detractors,
        {%- endfor %}
        cast(sum(observations.is_submitted) as bigint) as proposals_submitted,
        cast(sum(observations.is_actionable) as bigint) as proposals_actionable
    from observations
    inner join crosswalk
        on observations.connection_id = crosswalk.connection_id and observations.account_id = crosswalk.external_id
    group by crosswalk.vendor_key, observations.month
),

vendor_months as (
    select
        vendor_key,
        month
    from counted
    union
    select
        vendor_key,
        month
    from renewals
    union
    select
        vendor_key,
        month
    from engagements
)

select
    vendor_months.vendor_key,
    vendor_months.month,
    {%- for name in directions %}
    counted.{{ name }}_votes,
    counted.{{ name }}_promoters,
    counted.{{ name }}_detractors,
    {%- endfor %}
    counted.proposals_submitted,
    counted.proposals_actionable,
    renewals.renewal_lead_days_p50,
    renewals.renewals_signed,
    engagements.engagements_held
from vendor_months
left join counted
    on vendor_months.vendor_key = counted.vendor_key and vendor_months.month = counted.month
left join renewals
    on vendor_months.vendor_key = renewals.vendor_key and vendor_months.month = renewals.month
left join engagements
    on vendor_months.vendor_key = engagements.vendor_key and vendor_months.month = engagements.month
