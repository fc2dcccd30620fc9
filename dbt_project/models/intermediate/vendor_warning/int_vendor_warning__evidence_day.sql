-- What became known of a vendor on a day, for each rule: how many events came to stand at a stage, less those that left it. `events` may be
-- a fraction, because the units of a lot share few voices; `documents` counts deliveries, lots and so on.
with delivery as (
    select * from {{ ref('int_vendor_warning__delivery_evidence') }}
    where known_date <= {{ as_of_date() }}
),

events as (
    select * from {{ ref('int_vendor_warning__event') }}
)

select
    'delivery_slip' as rule_id,
    vendor_key,
    known_date,
    stage,
    cast(sum(events) as double) as events,
    cast(sum(events) as double) as documents
from delivery
group by vendor_key, known_date, stage
having sum(events) <> 0
union all
select
    rule_id,
    vendor_key,
    known_date,
    'bad' as stage,
    round(sum(voices * bad / amount), 9) as events,
    round(sum(documents * bad / amount), 9) as documents
from events
where bad > 0
group by rule_id, vendor_key, known_date
union all
select
    rule_id,
    vendor_key,
    known_date,
    'good' as stage,
    round(sum(voices * (1 - bad / amount)), 9) as events,
    round(sum(documents * (1 - bad / amount)), 9) as documents
from events
where bad < amount
group by rule_id, vendor_key, known_date
