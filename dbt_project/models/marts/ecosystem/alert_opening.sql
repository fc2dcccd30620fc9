with events as (
    select * from {{ ref('int_own__alert_event') }}
    where stream = 'vendor'
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

-- counted here too: events that landed before openings were numbered have no number
numbered as (
    select
        *,
        sum(case when event in ('opened', 'reopened') then 1 else 0 end) over (
            partition by fingerprint order by sequence, event_key rows between unbounded preceding and current row
        ) as opening_number,
        row_number() over (
            partition by fingerprint, case when verdict is not null then 1 else 0 end order by sequence desc, event_key desc
        ) as from_last
    from events
),

openings as (
    select
        fingerprint,
        opening_number,
        min(rule_id) as rule_id,
        min(kpi_family) as kpi_family,
        max(case when event in ('opened', 'reopened') then severity end) as severity,
        min(vendor_key) as vendor_key,
        -- what is about no vendor is about a metric of the ecosystem
        min(case when vendor_key is null then subject_key end) as metric_id,
        min(purchase_order) as purchase_order,
        min(purchase_order_line) as purchase_order_line,
        min(schedule_line) as schedule_line,
        min(case when event in ('opened', 'reopened') then happened_at end) as opened_at,
        min(case when event = 'notified' then happened_at end) as notified_at,
        min(case when event = 'acknowledged' then happened_at end) as acknowledged_at,
        min(case when event = 'escalated' then happened_at end) as escalated_at,
        min(case when event in ('resolved', 'withdrawn') then happened_at end) as closed_at,
        max(case when event in ('resolved', 'withdrawn') then event end) as closed_as,
        min(case when verdict is not null then from_last end) as from_last_verdict
    from numbered
    where opening_number > 0
    group by fingerprint, opening_number
),

judged as (
    select
        openings.*,
        verdicts.verdict,
        verdicts.reason_code,
        settings.quality_alert_target_hours as target_hours,
        -- what was taken on or is over has its answer
        least(
            coalesce(openings.acknowledged_at, openings.closed_at), coalesce(openings.closed_at, openings.acknowledged_at)
        ) as answered_at
    from openings
    cross join settings
    left join numbered as verdicts
        on
            openings.fingerprint = verdicts.fingerprint
            and openings.opening_number = verdicts.opening_number
            and openings.from_last_verdict = verdicts.from_last
            and verdicts.verdict is not null
),

timed as (
    select
        *,
        {{ hours_between('opened_at', 'notified_at') }} as hours_to_notice,
        {{ hours_between('opened_at', 'answered_at') }} as hours_to_answer,
        {{ hours_between('opened_at', as_of()) }} as age_hours
    from judged
)

select
    fingerprint || '#' || cast(opening_number as string) as opening_key,
    fingerprint as signal_key,
    cast(opening_number as bigint) as opening_number,
    rule_id,
    kpi_family,
    severity,
    vendor_key,
    metric_id,
    purchase_order,
    purchase_order_line,
    schedule_line,
    coalesce(closed_as, case when acknowledged_at is not null then 'acknowledged' else 'open' end) as state,
    opened_at,
    notified_at,
    acknowledged_at,
    escalated_at,
    closed_at,
    hours_to_notice,
    hours_to_answer,
    -- an alert that was restated away needed no answer; an open one past the target has missed it, a younger one is undecided
    case
        when kpi_family <> 'quality' or closed_as = 'withdrawn' then null
        when answered_at is not null then hours_to_answer <= target_hours
        when age_hours > target_hours then false
    end as is_answered_within_target,
    reason_code,
    cast(verdict as boolean) as is_right
from timed
