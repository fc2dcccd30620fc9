with figures as (
    select * from {{ ref('int_vendor_warning__figure') }}
),

turns as (
    select * from {{ ref('int_vendor_warning__turn') }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

stale_feeds as (
    select * from {{ ref('int_vendor_warning__stale_feed') }}
),

muted as (
    select
        figures.rule_id,
        figures.vendor_key,
        figures.opened_date,
        min(stale_feeds.mute_reason) as mute_reason
    from figures
    inner join vendors on figures.vendor_key = vendors.vendor_key
    inner join stale_feeds
        on
            figures.kpi_family = stale_feeds.kpi_family
            and vendors.connection_id = coalesce(stale_feeds.erp_connection_id, vendors.connection_id)
    group by figures.rule_id, figures.vendor_key, figures.opened_date
),

-- the value that passed a threshold, when it was told last
told as (
    select
        turns.rule_id,
        turns.vendor_key,
        turns.turned_date,
        turns.statistic,
        turns.threshold
    from turns
    where turns.turn in ('watch', 'alert')
)

select
    {{ dbt.hash('figures.fingerprint') }} as signal_key,
    figures.rule_id,
    figures.rule_version,
    figures.kpi_family,
    case when figures.alerted_date is null then 'watch' else 'alert' end as severity,
    figures.vendor_key,
    vendors.vendor_name,
    vendors.category,
    vendors.is_strategic,
    cast(figures.opened_date as string) as episode,
    case when figures.cleared_date is null then 'active' else 'cleared' end as signal_state,
    cast(figures.opened_date as timestamp) as started_at,
    cast(figures.alerted_date as timestamp) as alerted_at,
    cast(figures.told_date as timestamp) as last_told_at,
    cast(figures.alerts as bigint) as alerts,
    cast(figures.cleared_date as timestamp) as cleared_at,
    figures.clear_reason,
    figures.since_date as likely_since_date,
    figures.unit,
    cast(figures.bad as bigint) as observed_count,
    cast(figures.amount as bigint) as observed_of,
    cast(figures.announced as bigint) as announced_count,
    round(figures.observed_share * figures.units_of_one, 6) as observed,
    round(figures.lower_share * figures.units_of_one, 6) as observed_low,
    round(figures.upper_share * figures.units_of_one, 6) as observed_high,
    round(figures.usual_share * figures.units_of_one, 6) as expected,
    round(told.statistic, 6) as statistic,
    round(told.threshold, 6) as threshold,
    muted.mute_reason is not null as is_muted,
    muted.mute_reason,
    {{ vendor_warning_sentence() }} as evidence
from figures
inner join vendors on figures.vendor_key = vendors.vendor_key
left join told
    on
        figures.rule_id = told.rule_id
        and figures.vendor_key = told.vendor_key
        and figures.told_date = told.turned_date
left join muted
    on
        figures.rule_id = muted.rule_id
        and figures.vendor_key = muted.vendor_key
        and figures.opened_date = muted.opened_date
