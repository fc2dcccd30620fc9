-- What was settled about a vendor in the twelve months that ended a quarter before each month, and the pool of vendors that says what is
-- usual in its category. A shift does not become usual while it is being found out.
with evidence_days as (
    select * from {{ ref('int_vendor_warning__evidence_day') }}
),

evidence as (
    {{ warning_stages() }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

-- only what is settled is counted as usual
settled as (
    select
        evidence_days.rule_id,
        evidence_days.vendor_key,
        {{ month_of('evidence_days.known_date') }} as month,
        {{ exact_sum('evidence_days.events * evidence.share_of_bad') }} as bad,
        {{ exact_sum('evidence_days.events') }} as events,
        {{ exact_sum('evidence_days.documents') }} as documents
    from evidence_days
    inner join evidence
        on evidence_days.rule_id = evidence.rule_id and evidence_days.stage = evidence.stage
    where evidence.is_settled
    group by evidence_days.rule_id, evidence_days.vendor_key, {{ month_of('evidence_days.known_date') }}
),

known_vendors as (
    select
        evidence_days.rule_id,
        evidence_days.vendor_key,
        {{ month_of('min(evidence_days.known_date)') }} as first_month
    from evidence_days
    group by evidence_days.rule_id, evidence_days.vendor_key
),

months as (
    select distinct {{ month_of('known_date') }} as month
    from evidence_days
),

vendor_months as (
    select
        known_vendors.rule_id,
        known_vendors.vendor_key,
        months.month,
        {{ dbt.datediff('known_vendors.first_month', 'months.month', 'month') }} as months_known,
        coalesce(settled.bad, 0) as bad,
        coalesce(settled.events, 0) as events,
        coalesce(settled.documents, 0) as documents
    from known_vendors
    inner join months on known_vendors.first_month <= months.month
    left join settled
        on
            known_vendors.rule_id = settled.rule_id
            and known_vendors.vendor_key = settled.vendor_key
            and months.month = settled.month
),

past as (
    select
        vendor_months.rule_id,
        vendor_months.vendor_key,
        coalesce(vendors.category, 'unknown') as category,
        vendor_months.month,
        -- of the twelve months as many as the vendor had been known for
        least(greatest(vendor_months.months_known - 3, 0), 12) as past_months,
        {{ of_past_year('bad') }} as bad,
        {{ of_past_year('events') }} as events,
        {{ of_past_year('documents') }} as documents
    from vendor_months
    left join vendors on vendor_months.vendor_key = vendors.vendor_key
)

-- three vendors of a category say what is usual in it; fewer leave it to all
select
    *,
    case
        when sum(case when events > 0 then 1 else 0 end) over (partition by rule_id, month, category) >= 3 then category
        else '*'
    end as pool
from past
