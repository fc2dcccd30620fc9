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

confirmation_feeds as (
    select * from {{ ref('int_early_warning__confirmation_feed') }}
),

covers as (
    select * from {{ touched(ref('int_early_warning__cover'), touched_in='int_early_warning__told_anew') }}
),

settled_episodes as (
    select * from {{ touched(ref('int_early_warning__episode'), touched_in='int_early_warning__told_anew') }}
),

likely_late as (
    select * from {{ touched(ref('int_early_warning__likely_late'), touched_in='int_early_warning__told_anew') }}
),

-- without confirmations that could be missing nobody can say that one is
episodes as (
    select
        {{ (columns_of_line_episode() + columns_without_chance()) | join(',\n        ') }}
    from settled_episodes
    where
        rule_id <> 'no_confirmation'
        or connection_id in (select confirmation_feeds.connection_id from confirmation_feeds)
    union all
    select
        {{ (columns_of_line_episode() + columns_of_chance() | list) | join(',\n        ') }}
    from likely_late
),

-- what nobody ended is told from its first day on, and counts a day more every day
counted as (
    select
        *,
        case
            when counts_since is null then ended_days
            else greatest(coalesce(ended_days, 0), {{ days_between('counts_since', as_of_date()) }})
        end as days
    from episodes
    where counts_since is null or started_at < {{ as_of() }}
),

reached as (
    select
        counted.*,
        covers.stock_verdict,
        covers.stock_date,
        covers.cover_days as stock_cover_days,
        counted.rule_id = 'likely_late' or counted.days >= counted.watch_min_days as is_watch_reached,
        case when counted.rule_id = 'likely_late' then counted.is_alert_reached else counted.days >= counted.alert_min_days end
            as is_alert_age_reached,
        coalesce(covers.stock_verdict = 'short', false) as is_short,
        coalesce(covers.stock_verdict = 'ample', false) and not counted.is_strategic as is_ample
    from counted
    left join covers
        on {{ same_key('counted', 'covers', line_episode_key()) }}
),

-- a value that nobody knows cannot be called small; where stock is out before the line comes no value is small, and it is told a step
-- earlier, unless the rule gives no alerts
judged as (
    select
        *,
        is_watch_reached
        and (is_short or is_strategic or value_at_start is null or value_at_start >= min_open_value) as is_material,
        coalesce(may_be_alert, true)
        and (
            is_short
            or (
                is_alert_age_reached
                and (is_strategic or value_at_start is null or value_at_start >= alert_min_value)
                and not is_ample
            )
        ) as is_alert,
        cast(cast(started_at as date) as string) as episode
    from reached
),

worded as (
    select
        *,
        {{ line_warning_sentence() }} as evidence,
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
    case when worded.rule_id in ('promise_moved_later', 'overdue') then worded.days else 0 end as days_late,
    case when worded.rule_id = 'no_confirmation' then worded.days end as waiting_days,
    worded.late_probability,
    worded.late_probability_low,
    worded.late_probability_high,
    worded.usual_late_share,
    worded.vendor_deliveries as likelihood_n,
    worded.stock_verdict,
    worded.stock_date,
    worded.stock_cover_days,
    worded.open_quantity,
    worded.quantity_unit,
    worded.open_value,
    worded.currency,
    worded.value_at_start,
    stale_feeds.connection_id is not null as is_muted,
    stale_feeds.mute_reason,
    worded.evidence
from worded
left join stale_feeds
    on worded.connection_id = stale_feeds.connection_id and worded.rule_id = stale_feeds.rule_id
