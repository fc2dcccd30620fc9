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
