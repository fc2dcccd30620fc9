-- Votes in both directions and proposals, for accounts that are known to be a vendor.
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

of_vendors as (
    select
        crosswalk.vendor_key,
        observations.*
    from observations
    inner join crosswalk
        on observations.connection_id = crosswalk.connection_id and observations.account_id = crosswalk.external_id
)

select
    vendor_key,
    month,
    {%- for name, direction in {'vendor_nps': 'vendor_rates_us', 'stakeholder_nps': 'stakeholder_rates_vendor'}.items() %}
    cast(sum(case when direction = '{{ direction }}' then 1 else 0 end) as bigint) as {{ name }}_votes,
    cast(sum(case when direction = '{{ direction }}' and score >= 9 then 1 else 0 end) as bigint) as {{ name }}_promoters,
    cast(sum(case when direction = '{{ direction }}' and score <= 6 then 1 else 0 end) as bigint) as {{ name }}_detractors,
    {%- endfor %}
    cast(sum(is_submitted) as bigint) as proposals_submitted,
    cast(sum(is_actionable) as bigint) as proposals_actionable
from of_vendors
group by vendor_key, month
