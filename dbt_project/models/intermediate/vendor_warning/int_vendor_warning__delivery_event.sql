{{ config(materialized='view') }}

-- Each order as the rules about vendors see it at the as-of time: from the day on which its promise and grace had passed, `bad` of its
-- deliveries were late or are not booked.
with evidence as (
    select * from {{ ref('int_vendor_warning__delivery_evidence') }}
    where known_date <= {{ as_of_date() }}
),

stages as (
    {{ warning_stages() }}
)

select
    evidence.order_bucket,
    evidence.vendor_key,
    evidence.purchase_order,
    evidence.first_promise_date,
    min(evidence.known_date) as known_date,
    max(evidence.known_date) as last_known_date,
    sum(case when stages.counts_as = 'bad' then evidence.events else 0 end) as bad,
    sum(evidence.events) as amount
from evidence
inner join stages on evidence.stage = stages.stage
where stages.rule_id = 'delivery_slip' and stages.counts_as is not null
group by evidence.order_bucket, evidence.vendor_key, evidence.purchase_order, evidence.first_promise_date
