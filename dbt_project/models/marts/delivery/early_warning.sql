with episodes as (
    select * from {{ ref('int_early_warning__episode') }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

feeds as (
    select * from {{ source('control', 'feed') }}
    where entity in ('purchase_order', 'material_document') and is_stale
),

stale_feeds as (
    select
        connection_id,
        min(entity) as entity,
        min(last_complete_at) as last_complete_at
    from feeds
    group by connection_id
),

-- a value that nobody knows cannot be called small
judged as (
    select
        episodes.*,
        vendors.vendor_name,
        vendors.category,
        vendors.is_strategic,
        episodes.days_late >= episodes.watch_min_days
        and (
            vendors.is_strategic
            or episodes.value_at_start is null
            or episodes.value_at_start >= episodes.min_open_value
        ) as is_material,
        episodes.days_late >= episodes.alert_min_days
        and (
            vendors.is_strategic
            or episodes.value_at_start is null
            or episodes.value_at_start >= episodes.alert_min_value
        ) as is_alert,
        cast(cast(episodes.started_at as date) as string) as episode
    from episodes
    inner join vendors on episodes.vendor_key = vendors.vendor_key
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
    'The feed ' || stale_feeds.entity || ' of ' || stale_feeds.connection_id || ' is stale: last complete '
    || coalesce(cast(stale_feeds.last_complete_at as string) || ' UTC', 'never') as mute_reason,
    case
        when worded.cleared_at is null then worded.finding_text || '; ' || worded.open_text || '.'
        else
            worded.finding_text || '; ended as ' || replace(worded.clear_reason, '_', ' ') || ' on '
            || cast(cast(worded.cleared_at as date) as string) || '.'
    end as evidence
from worded
left join stale_feeds
    on worded.connection_id = stale_feeds.connection_id
