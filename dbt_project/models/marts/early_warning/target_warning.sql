{% set quarters_told = 4 -%}
-- a quarter that ended so long ago is in ecosystem_quarter alone
with outlooks as (
    select *
    from {{ ref('int_target_warning__outlook') }}
    where {{ days_between('quarter_end_date', as_of_date()) }} < {{ quarters_told * 92 }}
),

rules as (
    {{ valid_target_rule('target_at_risk') }}
),

measures as (
    select * from {{ ref('int_ecosystem_quarter__measure') }}
),

feeds as (
    select * from {{ source('control', 'feed') }}
),

reinvestments as (
    select * from {{ ref('reinvestment_quarter') }}
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

metric_entities as (
    select distinct
        metric_id,
        source_entity
    from measures
    union
    select
        'savings_reinvested' as metric_id,
        'saving' as source_entity
),

stale_feeds as (
    select
        metric_entities.metric_id,
        min(
            'The feed ' || feeds.entity || ' of ' || feeds.connection_id || ' is stale: last complete '
            || coalesce(cast(feeds.last_complete_at as string) || ' UTC', 'never')
        ) as mute_reason
    from metric_entities
    inner join feeds on metric_entities.source_entity = feeds.entity
    where feeds.is_stale
    group by metric_entities.metric_id
),

watched as (
    select
        outlooks.*,
        rules.rule_id,
        rules.rule_version,
        rules.kpi_family,
        cast({{ add_days('outlooks.quarter_end_date', '1 - rules.watch_days') }} as timestamp) as started_at,
        cast({{ add_days('outlooks.quarter_end_date', '1') }} as timestamp) as ended_at,
        outlooks.quarter_end_date < {{ as_of_date() }} as is_over,
        -- too little to tell is as far from the target as what falls short of it
        coalesce(
            outlooks.expected_at_end < outlooks.target, outlooks.upper_bound is null or outlooks.upper_bound < outlooks.target
        ) as is_at_risk,
        coalesce(outlooks.expected_high < outlooks.target, false) and outlooks.days_left < rules.alert_days as is_out_of_reach
    from outlooks
    cross join rules
    where outlooks.days_left < rules.watch_days
),

missed as (
    select
        watched.*,
        {{ target_missing('watched', 'reinvestments', 'settings') }} as missing,
        reinvestments.company_currency
    from watched
    cross join settings
    left join reinvestments
        on watched.metric_id = 'savings_reinvested' and watched.quarter = reinvestments.quarter
),

judged as (
    select
        missed.*,
        {{ target_missing_unit('missed') }} as missing_unit,
        not missed.is_over and missed.is_at_risk as is_active,
        missed.rule_id || '|' || missed.metric_id || '|' || cast(missed.quarter as string) as fingerprint
    from missed
)

select
    {{ dbt.hash('judged.fingerprint') }} as signal_key,
    judged.rule_id,
    judged.rule_version,
    judged.kpi_family,
    case when judged.is_out_of_reach then 'alert' else 'watch' end as severity,
    judged.metric_id,
    judged.metric_name,
    judged.owner,
    judged.quarter,
    judged.quarter_end_date,
    cast(judged.days_left as bigint) as days_left,
    cast(judged.quarter as string) as episode,
    case when judged.is_active then 'active' else 'cleared' end as signal_state,
    judged.started_at,
    case
        when judged.is_over then judged.ended_at
        when not judged.is_at_risk then {{ as_of() }}
    end as cleared_at,
    case
        when judged.is_over then 'quarter_' || replace(replace(judged.state, 'cannot tell', 'undecided'), ' ', '_')
        when not judged.is_at_risk then 'on_track'
    end as clear_reason,
    judged.unit,
    judged.direction,
    judged.target,
    judged.value,
    judged.lower_bound,
    judged.upper_bound,
    judged.n,
    judged.expected_at_end,
    judged.expected_low,
    judged.expected_high,
    judged.missing,
    judged.missing_unit,
    stale_feeds.mute_reason is not null as is_muted,
    stale_feeds.mute_reason,
    {{ target_sentence('judged') }} as evidence
from judged
left join stale_feeds on judged.metric_id = stale_feeds.metric_id
