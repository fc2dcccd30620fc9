{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key='order_bucket',
    touched_in='int_early_warning__told_anew',
) }}
{{ runs_after('int_erp__touched_order') }}{{ runs_after('int_early_warning__told_anew') }}

with stale_feeds as (
    select * from {{ ref('int_early_warning__stale_feed') }}
),

episodes as (
    select * from {{ touched(ref('int_early_warning__episode'), touched_in='int_early_warning__told_anew') }}
),

-- what nobody ended is told from its first late day on, and counts a day more every day
counted as (
    select
        *,
        case
            when counts_since is null then ended_days_late
            else greatest(coalesce(ended_days_late, 0), {{ days_between('counts_since', as_of_date()) }})
        end as days_late
    from episodes
    where counts_since is null or started_at < {{ as_of() }}
),

-- a value that nobody knows cannot be called small
judged as (
    select
        *,
        days_late >= watch_min_days
        and (is_strategic or value_at_start is null or value_at_start >= min_open_value) as is_material,
        days_late >= alert_min_days
        and (is_strategic or value_at_start is null or value_at_start >= alert_min_value) as is_alert,
        cast(cast(started_at as date) as string) as episode
    from counted
),

worded as (
    select
        *,
        cast(open_quantity as string) || coalesce(' ' || quantity_unit, '')
        || coalesce(' worth ' || cast(cast(open_value as decimal(18, 2)) as string) || coalesce(' ' || currency, ''), '')
        || ' still open' as open_text,
        case rule_id
            when 'promise_moved_later'
                then
                    'The delivery date moved from ' || coalesce(cast(previous_promise_date as string), 'an unknown date')
                    || ' to ' || cast(latest_promise_date as string)
                    || '; the first promise was ' || coalesce(cast(first_promise_date as string), 'not given')
            else
                'Promised for ' || cast(latest_promise_date as string) || ' and not delivered in full '
                || cast(days_late as string) || ' days later'
        end as finding_text,
        -- holds no measured value and no version: the same episode keeps its fingerprint whatever we learn about it
        rule_id || '|' || vendor_key || '|' || purchase_order || '|' || purchase_order_line || '|' || schedule_line
        || '|' || episode as fingerprint
    from judged
    where is_material
)

select
    worded.order_bucket,
    {{ dbt.hash('worded.fingerprint') }} as signal_key,
    worded.rule_id,
    worded.rule_version,
    worded.kpi_family,
    case when worded.is_alert then 'alert' else 'watch' end as severity,
    worded.vendor_key,
    worded.vendor_name,
    worded.category,
    worded.is_strategic,
    worded.purchase_order,
    worded.purchase_order_line,
    worded.schedule_line,
    worded.material,
    worded.material_text,
    worded.episode,
    case when worded.cleared_at is null then 'active' else 'cleared' end as signal_state,
    worded.started_at,
    worded.cleared_at,
    worded.clear_reason,
    worded.first_promise_date,
    worded.previous_promise_date,
    worded.latest_promise_date,
    worded.days_late,
    worded.open_quantity,
    worded.quantity_unit,
    worded.open_value,
    worded.currency,
    worded.value_at_start,
    stale_feeds.connection_id is not null as is_muted,
    stale_feeds.mute_reason,
    case
        when worded.cleared_at is null then worded.finding_text || '; ' || worded.open_text || '.'
        else
            worded.finding_text || '; ended as ' || replace(worded.clear_reason, '_', ' ') || ' on '
            || cast(cast(worded.cleared_at as date) as string) || '.'
    end as evidence
from worded
left join stale_feeds
    on worded.connection_id = stale_feeds.connection_id
