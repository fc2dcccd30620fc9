{{ config(materialized='incremental', incremental_strategy='replace_touched', unique_key='order_bucket') }}
-- What each order says about its vendor's punctuality, as it became known. Lines of an order that were promised for one day and came on
-- one day are one delivery and speak once; so do those that are not booked, as long as there are any. Nothing here moves with the clock:
-- what holds unless a receipt comes first has its date already, in the future too.
with rules as (
    {{ valid_vendor_rule('delivery_slip') }}
),

schedule_lines as (
    select * from {{ touched(ref('fct_schedule_line')) }}
    where is_vendor_performance and first_promise_date is not null
),

promise_changes as (
    select * from {{ touched(ref('fct_promise_change')) }}
    where direction = 'later'
),

dated as (
    select
        schedule_lines.order_bucket,
        schedule_lines.schedule_line_key,
        schedule_lines.vendor_key,
        schedule_lines.purchase_order,
        schedule_lines.first_promise_date,
        {{ add_days('schedule_lines.first_promise_date', 'rules.grace_days') }} as last_day_in_time,
        {{ add_days('schedule_lines.first_promise_date', 'rules.grace_days + 1') }} as judged_date,
        {{ add_days('schedule_lines.first_promise_date', 'rules.grace_days + 31') }} as given_up_date,
        case when schedule_lines.state <> 'cancelled' then schedule_lines.in_full_date end as in_full_date,
        case when schedule_lines.state <> 'cancelled' then schedule_lines.recorded_date end as recorded_date,
        case when schedule_lines.state = 'cancelled' then cast(schedule_lines.cancelled_at as date) end as cancelled_date
    from schedule_lines
    cross join rules
    -- what we caused says nothing about the vendor
    where coalesce(schedule_lines.attribution, 'vendor') <> 'us'
),

-- a line cancelled before it was due owed nothing; one cancelled later was late until then
judged as (
    select
        *,
        coalesce(in_full_date <= last_day_in_time, false) as is_in_time,
        case
            when in_full_date <= last_day_in_time then greatest(recorded_date, judged_date)
            else least(greatest(coalesce(recorded_date, cancelled_date, given_up_date), judged_date), given_up_date)
        end as settled_date
    from dated
    where cancelled_date is null or cancelled_date >= judged_date
),

told as (
    select
        judged.schedule_line_key,
        min(cast(coalesce(promise_changes.changed_at, promise_changes.landed_at) as date)) as told_date
    from judged
    inner join promise_changes
        on
            judged.order_bucket = promise_changes.order_bucket
            and judged.schedule_line_key = promise_changes.schedule_line_key
            and judged.last_day_in_time < promise_changes.to_date
            and judged.judged_date > cast(coalesce(promise_changes.changed_at, promise_changes.landed_at) as date)
    group by judged.schedule_line_key
),

lines as (
    select
        judged.*,
        told.told_date
    from judged
    left join told on judged.schedule_line_key = told.schedule_line_key
),

orders as (
    select
        order_bucket,
        vendor_key,
        purchase_order,
        first_promise_date,
        judged_date,
        min(told_date) as told_date,
        max(settled_date) as settled_date,
        case when min(told_date) is null then 'unseen' else 'told_later_unseen' end as stage_unseen
    from lines
    group by order_bucket, vendor_key, purchase_order, first_promise_date, judged_date
),

deliveries as (
    select distinct
        order_bucket,
        vendor_key,
        purchase_order,
        first_promise_date,
        settled_date,
        in_full_date,
        case when is_in_time then 'in_time' else 'late' end as stage
    from lines
),

{% set order_columns = 'order_bucket, vendor_key, purchase_order, first_promise_date' -%}
-- each stage takes the place of the one before
stages as (
    select
        {{ order_columns }},
        told_date as known_date,
        'told_later' as stage,
        1 as events
    from orders
    where told_date is not null
    union all
    select
        {{ order_columns }},
        judged_date as known_date,
        'told_later' as stage,
        -1 as events
    from orders
    where told_date is not null
    union all
    select
        {{ order_columns }},
        judged_date as known_date,
        stage_unseen as stage,
        1 as events
    from orders
    where settled_date > judged_date
    union all
    select
        {{ order_columns }},
        settled_date as known_date,
        stage_unseen as stage,
        -1 as events
    from orders
    where settled_date > judged_date
    union all
    select
        {{ order_columns }},
        settled_date as known_date,
        stage,
        1 as events
    from deliveries
)

select
    {{ order_columns }},
    known_date,
    stage,
    cast(sum(events) as bigint) as events
from stages
group by {{ order_columns }}, known_date, stage
