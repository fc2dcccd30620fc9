{% set key = 'connection_id, purchase_order, purchase_order_line, schedule_line' -%}
{% set line_key = ['connection_id', 'purchase_order', 'purchase_order_line', 'schedule_line'] -%}

-- First and latest promise of each schedule line, and what the first one rests on.
with versions as (
    select * from {{ ref('stg_sap_s4hana__purchase_order_schedule_line') }}
),

promise_versions as (
    select * from {{ ref('int_erp__promise_version') }}
),

confirmations as (
    select * from {{ ref('int_erp__order_confirmation') }}
    where confirmed_date is not null
),

schedule_lines as (
    select
        {{ key }},
        min(_extracted_at) as first_landed_at
    from versions
    group by {{ key }}
),

-- the statistics-relevant date can be overwritten too: the first one we landed is the closest to what was agreed
statistics_dates as (
    select
        {{ key }},
        statistics_date,
        row_number() over (
            partition by {{ key }}
            order by _ordered_at, _extracted_at, _batch_id, _row_number
        ) as place
    from versions
    where _is_readable and statistics_date is not null
),

landed_dates as (
    select
        *,
        row_number() over (partition by {{ key }} order by promise_number desc) as place_from_end
    from promise_versions
),

confirmed_dates as (
    select
        *,
        row_number() over (partition by {{ key }} order by confirmed_at, confirmed_date) as place,
        row_number() over (partition by {{ key }} order by confirmed_at desc, confirmed_date desc) as place_from_end
    from confirmations
),

collected as (
    select
        schedule_lines.connection_id,
        schedule_lines.purchase_order,
        schedule_lines.purchase_order_line,
        schedule_lines.schedule_line,
        schedule_lines.first_landed_at,
        first_confirmed.confirmed_date as first_confirmed_date,
        latest_confirmed.confirmed_date as latest_confirmed_date,
        statistics_dates.statistics_date,
        first_landed.promise_date as first_landed_date,
        latest_landed.promise_date as latest_landed_date,
        coalesce(latest_landed.promise_number, 0) as promise_versions,
        latest_landed.previous_promise_date,
        latest_landed.ordered_at as promise_changed_at
    from schedule_lines
    left join confirmed_dates as first_confirmed
        on {{ same_key('schedule_lines', 'first_confirmed', line_key) }} and first_confirmed.place = 1
    left join confirmed_dates as latest_confirmed
        on {{ same_key('schedule_lines', 'latest_confirmed', line_key) }} and latest_confirmed.place_from_end = 1
    left join statistics_dates
        on {{ same_key('schedule_lines', 'statistics_dates', line_key) }} and statistics_dates.place = 1
    left join landed_dates as first_landed
        on {{ same_key('schedule_lines', 'first_landed', line_key) }} and first_landed.promise_number = 1
    left join landed_dates as latest_landed
        on {{ same_key('schedule_lines', 'latest_landed', line_key) }} and latest_landed.place_from_end = 1
)

select
    connection_id,
    purchase_order,
    purchase_order_line,
    schedule_line,
    first_landed_at,
    first_landed_date as requested_date,
    coalesce(first_confirmed_date, statistics_date, first_landed_date) as first_promise_date,
    case
        when first_confirmed_date is not null then 'confirmation'
        when statistics_date is not null then 'statistics_date'
        when first_landed_date is not null then 'first_landed'
    end as first_promise_basis,
    coalesce(latest_confirmed_date, latest_landed_date, statistics_date) as latest_promise_date,
    previous_promise_date,
    promise_changed_at,
    greatest(promise_versions - 1, 0) as observed_promise_changes
from collected
