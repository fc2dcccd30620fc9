-- How many lines of a vendor and order month ended or were last seen after how many days: delivered in full, or censored, because they
-- were still open at the as-of time or were cancelled first. Frameworks are left out: their header's date is no release.
with schedule_lines as (
    select * from {{ ref('fct_schedule_line') }}
    where is_vendor_performance and order_date is not null and coalesce(order_type, '') <> 'FO'
),

observed as (
    select
        vendor_key,
        {{ month_of('order_date') }} as month,
        case when state = 'cancelled' or in_full_date is null then 0 else 1 end as is_delivered,
        case when state <> 'cancelled' and in_full_date is null then 1 else 0 end as is_open,
        case
            when state = 'cancelled' then {{ days_between('order_date', 'coalesce(cast(cancelled_at as date), ' ~ as_of_date() ~ ')') }}
            when in_full_date is not null then {{ days_between('order_date', 'in_full_date') }}
            else {{ days_between('order_date', as_of_date()) }}
        end as lead_days
    from schedule_lines
)

select
    vendor_key,
    month,
    lead_days,
    cast(sum(is_delivered) as bigint) as delivered_lines,
    cast(sum(1 - is_delivered) as bigint) as censored_lines,
    cast(sum(is_open) as bigint) as open_lines
from observed
-- received before it was ordered, or ordered after the as-of time: no duration
where lead_days >= 0
group by vendor_key, month, lead_days
