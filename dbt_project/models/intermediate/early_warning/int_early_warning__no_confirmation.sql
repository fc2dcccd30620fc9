{{ config(materialized='view') }}
{% set line_key = ['order_bucket', 'purchase_order_line'] -%}

-- Episodes in which a line that the vendor is asked to confirm had no confirmation so many days after its order was sent. A confirmation
-- names the order line, so it speaks of all its schedule lines; one that was replaced or taken back was one. What nobody ended counts its
-- days from counts_since, as for overdue lines. An order is sent on its date; a line that was put into an order that we knew already, and
-- a line of a framework order, when we first saw it.
with lines as (
    select * from {{ ref('int_early_warning__line') }}
    where latest_promise_date is not null
),

purchase_orders as (
    select * from {{ touched(ref('int_erp__purchase_order')) }}
),

order_lines as (
    select * from {{ touched(ref('int_erp__purchase_order_line')) }}
    where is_confirmation_expected
),

confirmations as (
    select * from {{ touched(ref('stg_sap_s4hana__supplier_confirmation'), '_order_bucket') }}
    where category = 'AB' and confirmed_date is not null and not _deleted and _is_readable
),

threshold as (
    {{ valid_threshold('no_confirmation') }}
),

first_confirmations as (
    select
        _order_bucket as order_bucket,
        purchase_order_line,
        min(coalesce(_changed_at, cast(created_date as timestamp))) as confirmed_at
    from confirmations
    group by _order_bucket, purchase_order_line
),

waiting as (
    select
        lines.*,
        threshold.watch_min_days,
        first_confirmations.confirmed_at,
        least(first_confirmations.confirmed_at, lines.ended_at) as cleared_at,
        case
            when lines.lead_time_from is null or purchase_orders.first_landed_at < lines.first_landed_at
                then cast(lines.first_landed_at as date)
            else lines.lead_time_from
        end as sent_date
    from lines
    inner join order_lines
        on {{ same_key('lines', 'order_lines', line_key) }}
    inner join purchase_orders
        on lines.order_bucket = purchase_orders.order_bucket
    left join first_confirmations
        on {{ same_key('lines', 'first_confirmations', line_key) }}
    cross join threshold
),

dated as (
    select
        *,
        cast({{ add_days('sent_date', 'watch_min_days') }} as timestamp) as started_at
    from waiting
)

select
    order_bucket,
    purchase_order_line,
    schedule_line,
    started_at,
    cleared_at,
    case
        when confirmed_at = cleared_at then 'confirmed'
        else end_reason
    end as clear_reason,
    previous_promise_date,
    latest_promise_date,
    case when cleared_at is not null then {{ days_between('sent_date', 'cleared_at') }} end as days_late,
    case when cleared_at is null then sent_date end as counts_since
from dated
where
    (cleared_at is null or (started_at < cleared_at and first_landed_at < cleared_at))
    -- goods that had come by then needed no confirmation, whenever the receipt was recorded
    and (in_full_date is null or cast(started_at as date) <= in_full_date)
