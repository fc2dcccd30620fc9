-- What the loaded sources can measure for each quarter; a metric of the seed that is missing here has no source.
with responses as (
    select * from {{ ref('int_crm__survey_response') }}
    where direction = 'vendor_rates_us'
),

proposals as (
    select * from {{ ref('int_crm__proposal') }}
    where submitted_date is not null and not is_repeat
),

vendors as (
    select * from {{ ref('dim_vendor') }}
    where is_strategic and not is_deleted
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'crm'
),

quarters as (
    select * from {{ ref('int_ecosystem_quarter__quarter') }}
),

value_measures as (
    select * from {{ ref('int_ecosystem_quarter__value') }}
),

strategic as (
    select cast(count(*) as bigint) as strategic_vendors from vendors
),

votes as (
    select
        wave_quarter as quarter,
        cast(count(*) as bigint) as votes,
        cast(sum(case when score >= 9 then 1 else 0 end) as bigint) as promoters,
        cast(sum(case when score <= 6 then 1 else 0 end) as bigint) as detractors
    from responses
    group by wave_quarter
),

scores as (
    select
        quarters.quarter,
        100 * (votes.promoters - votes.detractors) / nullif(cast(votes.votes as double), 0) as value,
        coalesce(votes.votes, 0) as n,
        {{ nps_margin('votes.promoters', 'votes.detractors', 'votes.votes') }} as margin
    from quarters
    left join votes on quarters.quarter = votes.quarter
),

submissions as (
    select
        {{ quarter_of('proposals.submitted_date') }} as quarter,
        cast(count(*) as bigint) as submitted,
        cast(sum(case when proposals.is_actionable then 1 else 0 end) as bigint) as actionable,
        cast(sum(case when vendors.vendor_key is not null then 1 else 0 end) as bigint) as strategic_submitted,
        cast(
            sum(case when vendors.vendor_key is not null and proposals.is_actionable then 1 else 0 end) as bigint
        ) as strategic_actionable
    from proposals
    left join crosswalk
        on proposals.connection_id = crosswalk.connection_id and proposals.account_id = crosswalk.external_id
    left join vendors on crosswalk.vendor_key = vendors.vendor_key
    group by {{ quarter_of('proposals.submitted_date') }}
)

select
    quarters.quarter,
    'innovation_submissions_total' as metric_id,
    'innovation_proposal' as source_entity,
    cast(coalesce(submissions.actionable, 0) as double) as value,
    coalesce(submissions.submitted, 0) as n,
    cast(null as double) as lower_bound,
    cast(null as double) as upper_bound
from quarters
left join submissions on quarters.quarter = submissions.quarter
union all
select
    quarters.quarter,
    'innovation_submissions_per_strategic_vendor' as metric_id,
    'innovation_proposal' as source_entity,
    coalesce(submissions.strategic_actionable, 0) / nullif(cast(strategic.strategic_vendors as double), 0) as value,
    coalesce(submissions.strategic_submitted, 0) as n,
    cast(null as double) as lower_bound,
    cast(null as double) as upper_bound
from quarters
cross join strategic
left join submissions on quarters.quarter = submissions.quarter
union all
select
    quarter,
    'vendor_nps' as metric_id,
    'survey_response' as source_entity,
    value,
    n,
    case when value is not null then greatest(value - margin, -100) end as lower_bound,
    case when value is not null then least(value + margin, 100) end as upper_bound
from scores
union all
select
    quarter,
    metric_id,
    source_entity,
    value,
    n,
    lower_bound,
    upper_bound
from value_measures
