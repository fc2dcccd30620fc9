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

-- a delivery is open from its order until its promise and grace have passed
open_deliveries as (
    select distinct
        schedule_lines.order_bucket,
        schedule_lines.vendor_key,
        schedule_lines.purchase_order,
        schedule_lines.first_promise_date
    from {{ ref('fct_schedule_line') }} as schedule_lines
    inner join rules
        on
            rules.rule_id = 'delivery_slip'
            and {{ add_days('schedule_lines.first_promise_date', 'rules.grace_days') }} >= {{ as_of_date() }}
    where schedule_lines.is_vendor_performance and schedule_lines.state = 'open'
),

announcements as (
    select
        order_bucket,
        purchase_order,
        first_promise_date,
        min(known_date) as told_date
    from {{ ref('int_vendor_warning__delivery_evidence') }}
    where stage = 'told_later' and known_date <= {{ as_of_date() }}
    group by order_bucket, purchase_order, first_promise_date
),

announced as (
    select
        episodes.rule_id,
        episodes.vendor_key,
        episodes.opened_date,
        count(*) as open_deliveries,
        sum(case when announcements.told_date >= episodes.since_date then 1 else 0 end) as announced
    from episodes
    inner join open_deliveries on episodes.vendor_key = open_deliveries.vendor_key
    left join announcements
        on {{ same_key('open_deliveries', 'announcements', ['order_bucket', 'purchase_order', 'first_promise_date']) }}
    where episodes.rule_id = 'delivery_slip' and episodes.cleared_date is null
    group by episodes.rule_id, episodes.vendor_key, episodes.opened_date
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
        case
            when episodes.rule_id = 'delivery_slip' and episodes.cleared_date is null then coalesce(announced.announced, 0)
        end as announced,
        case
            when episodes.rule_id = 'delivery_slip' and episodes.cleared_date is null then coalesce(announced.open_deliveries, 0)
        end as open_deliveries,
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
