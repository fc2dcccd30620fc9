{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['vendor_key', 'month'],
    touched_in='int_vendor_month__counted_anew',
    touched_where='begins_lead_times = 1',
) }}

-- Lines of a vendor and order month by how they stand: delivered in full or cancelled after so many days, or open since a day. Nothing
-- in it moves with the clock.
with schedule_lines as (
    select * from {{ lines_to_count() }}
    where
        is_vendor_performance
        and lead_time_from is not null
        and (state <> 'cancelled' or cancelled_at is not null)
),

ordered as (
    select
        *,
        {{ month_of('lead_time_from') }} as month
    from schedule_lines
),

observed as (
    select
        ordered.vendor_key,
        ordered.month,
        case when ordered.state <> 'cancelled' and ordered.in_full_date is not null then 1 else 0 end as is_delivered,
        case when ordered.state <> 'cancelled' and ordered.in_full_date is null then 1 else 0 end as is_open,
        case
            when ordered.state = 'cancelled' then {{ days_between('ordered.lead_time_from', 'cast(ordered.cancelled_at as date)') }}
            else {{ days_between('ordered.lead_time_from', 'ordered.in_full_date') }}
        end as ended_days,
        ordered.lead_time_from
    from ordered
    {{ join_months_counted_anew('ordered', begins_lead_times=true) }}
)

select
    vendor_key,
    month,
    ended_days,
    case when ended_days is null then lead_time_from end as open_since,
    cast(sum(is_delivered) as bigint) as delivered_lines,
    cast(sum(1 - is_delivered) as bigint) as censored_lines,
    cast(sum(is_open) as bigint) as open_lines
from observed
-- received before it was ordered: no duration
where ended_days >= 0 or ended_days is null
group by vendor_key, month, ended_days, case when ended_days is null then lead_time_from end
