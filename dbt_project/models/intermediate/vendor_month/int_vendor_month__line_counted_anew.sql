-- The lines of the vendor-months that are counted anew, found in one look through all lines for the three models that count them: a
-- bit for each month of a vendor is asked for each date of a line. Months five years apart share a bit, so some lines are too many;
-- the models join their months. Empty in a build that makes all, which counts all lines.
{% set dates = ['first_promise_date', 'latest_promise_date', 'requested_date', 'lead_time_from'] -%}

with schedule_lines as (
    select * from {{ ref('fct_schedule_line') }}
    where is_vendor_performance
),

counted_anew as (
    select * from {{ ref('int_vendor_month__counted_anew') }}
),

months_of_vendor as (
    select
        vendor_key,
        bit_or({{ month_bit('month') }}) as month_bits
    from counted_anew
    group by vendor_key
)

select
    schedule_lines.vendor_key,
    schedule_lines.is_vendor_performance,
    schedule_lines.state,
    schedule_lines.cancelled_at,
    schedule_lines.in_full_date,
    schedule_lines.slip_days,
    schedule_lines.{{ dates | join(',\n    schedule_lines.') }}
from schedule_lines
inner join months_of_vendor on schedule_lines.vendor_key = months_of_vendor.vendor_key
where {{ any_date_in_months(dates, 'months_of_vendor.month_bits') }}
