-- The figures of each episode since it is likely to have begun, beside what is usual for the vendor.
with episodes as (
    select * from {{ ref('int_vendor_warning__episode') }}
),

spoken as (
    select * from {{ ref('int_vendor_warning__spoken') }}
    where is_since
),

baselines as (
    select * from {{ ref('int_vendor_warning__baseline') }}
),

rules as (
    {{ valid_vendor_rule() }}
),

-- what was announced to come later and was not due yet at the episode's end or now
announced_orders as (
    select
        episodes.rule_id,
        episodes.vendor_key,
        episodes.opened_date,
        min(evidence.known_date) >= min(episodes.since_date) as is_since,
        sum(evidence.events) as open_events
    from episodes
    inner join {{ ref('int_vendor_warning__delivery_evidence') }} as evidence
        on
            episodes.vendor_key = evidence.vendor_key
            and coalesce(episodes.cleared_date, {{ as_of_date() }}) >= evidence.known_date
    where episodes.rule_id = 'delivery_slip' and evidence.stage = 'told_later'
    group by
        episodes.rule_id, episodes.vendor_key, episodes.opened_date, evidence.order_bucket, evidence.purchase_order,
        evidence.first_promise_date
),

announced as (
    select
        rule_id,
        vendor_key,
        opened_date,
        count(*) as announced
    from announced_orders
    where is_since and open_events > 0
    group by rule_id, vendor_key, opened_date
),

counted as (
    select
        rule_id,
        vendor_key,
        opened_date,
        {{ exact_sum('counted_bad') }} as bad,
        {{ exact_sum('counted') }} as amount,
        {{ exact_sum('voices') }} as voices,
        {{ exact_sum('voices * bad / amount') }} / {{ exact_sum('voices') }} as observed_share
    from spoken
    group by rule_id, vendor_key, opened_date
),

measured as (
    select
        episodes.rule_id,
        episodes.vendor_key,
        episodes.opened_date,
        episodes.since_date,
        episodes.alerted_date,
        coalesce(episodes.last_alert_date, episodes.opened_date) as told_date,
        episodes.alerts,
        episodes.cleared_date,
        episodes.clear_reason,
        rules.rule_version,
        rules.kpi_family,
        rules.unit,
        case rules.unit when 'ppm' then 1000000 else 1 end as units_of_one,
        coalesce(counted.bad, 0) as bad,
        coalesce(counted.amount, 0) as amount,
        case when episodes.rule_id = 'delivery_slip' then coalesce(announced.announced, 0) end as announced,
        counted.voices,
        counted.observed_share,
        baselines.usual_share
    from episodes
    inner join rules on episodes.rule_id = rules.rule_id
    inner join baselines
        on
            episodes.rule_id = baselines.rule_id
            and episodes.vendor_key = baselines.vendor_key
            and {{ month_of('episodes.opened_date') }} = baselines.month
    left join announced
        on
            episodes.rule_id = announced.rule_id
            and episodes.vendor_key = announced.vendor_key
            and episodes.opened_date = announced.opened_date
    left join counted
        on
            episodes.rule_id = counted.rule_id
            and episodes.vendor_key = counted.vendor_key
            and episodes.opened_date = counted.opened_date
)

select
    *,
    {{ wilson_lower('(observed_share * voices)', 'voices') }} as lower_share,
    {{ wilson_upper('(observed_share * voices)', 'voices') }} as upper_share,
    rule_id || '|' || vendor_key || '|' || cast(opened_date as string) as fingerprint
from measured
