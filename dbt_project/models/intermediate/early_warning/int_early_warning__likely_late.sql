{% set line_key = ['order_bucket', 'purchase_order_line', 'schedule_line'] -%}
{% set key = line_key | join(', ') -%}
{% set promise_key = 'chances.' ~ (line_key + ['promise_number']) | join(', chances.') -%}
-- Episodes in which an open line was likely to come late, with the line behind them and the thresholds they are judged by: one for a
-- promise, from the first age at which it was likely until the line ended, got another date, or the date and its grace passed: then it is
-- overdue. The strongest chance so far is told. An episode of a date that lies some days back is over and gone.
with chances as (
    select * from {{ ref('int_early_warning__late_chance') }}
    where is_watch
),

thresholds as (
    {{ valid_threshold('likely_late') }}
),

schedule_lines as (
    select * from {{ ref('fct_schedule_line') }}
),

goods_receipts as (
    select * from {{ ref('int_erp__goods_receipt') }}
    where received_quantity <> 0
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

ranked as (
    select
        chances.*,
        min(chances.reached_at) over (partition by {{ promise_key }}) as started_at,
        max(case when chances.is_alert then 1 else 0 end) over (partition by {{ promise_key }}) = 1 as is_alert_reached,
        row_number() over (
            partition by {{ promise_key }}
            order by chances.late_probability desc, chances.age_days desc
        ) as strength_place,
        cast({{ add_days('chances.promise_date', 'thresholds.grace_days + 1') }} as timestamp) as falls_due_at
    from chances
    cross join thresholds
),

ended as (
    select
        *,
        case when falls_due_at < {{ as_of() }} then falls_due_at end as fell_due_at
    from ranked
    -- goods that had come by then were never late, whenever the receipt was recorded
    where strength_place = 1 and (in_full_date is null or cast(started_at as date) <= in_full_date)
),

bounded as (
    select
        *,
        least(replaced_at, ended_at, fell_due_at) as cleared_at
    from ended
),

-- what begins again on the day on which it began is the same episode, which has its name from that day
of_a_day as (
    select
        *,
        min(started_at) over (partition by {{ key }}, cast(started_at as date)) as first_started_at,
        row_number() over (partition by {{ key }}, cast(started_at as date) order by promise_number desc) as place
    from bounded
),

episodes as (
    select * from of_a_day
    where place = 1
),

received_at_start as (
    {{ received_when_it_began(line_key + ['first_started_at']) }}
)

select
    'likely_late' as rule_id,
    thresholds.rule_version,
    thresholds.kpi_family,
    thresholds.watch_min_days,
    thresholds.alert_min_days,
    thresholds.min_open_value,
    thresholds.alert_min_value,
    thresholds.cover_slip_days,
    thresholds.ample_cover_days,
    schedule_lines.order_bucket,
    schedule_lines.vendor_key,
    vendors.vendor_name,
    vendors.category,
    vendors.is_strategic,
    schedule_lines.connection_id,
    schedule_lines.purchase_order,
    schedule_lines.purchase_order_line,
    schedule_lines.schedule_line,
    schedule_lines.plant,
    schedule_lines.item_category,
    schedule_lines.material,
    schedule_lines.material_text,
    episodes.first_started_at as started_at,
    episodes.cleared_at,
    case
        when episodes.cleared_at = episodes.replaced_at then 're_promised'
        when episodes.cleared_at = episodes.ended_at then episodes.end_reason
        when episodes.cleared_at = episodes.fell_due_at then 'fell_due'
    end as clear_reason,
    schedule_lines.first_promise_date,
    schedule_lines.previous_promise_date,
    episodes.promise_date as latest_promise_date,
    cast(null as integer) as ended_days,
    cast(null as date) as counts_since,
    schedule_lines.open_quantity,
    schedule_lines.quantity_unit,
    schedule_lines.open_value,
    schedule_lines.currency,
    {{ value_when_it_began('schedule_lines') }} as value_at_start,
    episodes.is_alert_reached,
    thresholds.alert_min_probability is not null as may_be_alert,
    episodes.age_days,
    episodes.is_moved,
    episodes.late_probability,
    episodes.late_probability_low,
    episodes.late_probability_high,
    episodes.usual_late_share,
    episodes.vendor_deliveries,
    episodes.vendor_late_deliveries,
    episodes.category_deliveries,
    episodes.category_late_deliveries
from episodes
cross join thresholds
inner join schedule_lines
    on {{ same_key('episodes', 'schedule_lines', line_key) }}
inner join vendors on schedule_lines.vendor_key = vendors.vendor_key
left join received_at_start
    on
        {{ same_key('episodes', 'received_at_start', line_key) }}
        and episodes.first_started_at = received_at_start.first_started_at
