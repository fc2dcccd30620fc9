{#- What the delivery figures of a vendor's month are made of: for each measure how many lines (or promise moves) there are for each number of
    days, and how many of them are counted: on time, overdue.

    | measure | month of | days | counted |
    |---|---|---|---|
    | first_promise, latest_promise, requested | that date, once it and grace have passed | - | on time |
    | slip | first promise, once it has passed | in full after the first promise | overdue |
    | received, cancelled | lead_time_from | from then to in full, to the cancellation | - |
    | waiting | lead_time_from, also in since_date | - | - |
    | later, earlier | the promise's move | - | - |

    It follows from the rows alone and not from the day, so that what counted before a row was written anew can be taken off again. Each
    measure is counted by itself: together they are six times the lines. With `by_order` each order's counts stand apart. -#}
{%- macro vendor_month_counts(schedule_lines, promise_changes, by_order=false) -%}
    {%- set order_bucket = 'order_bucket, ' if by_order else '' -%}
    {%- set no = {'days': 'cast(null as integer)', 'since_date': 'cast(null as date)'} -%}
    {%- set lines = schedule_lines ~ ' where is_vendor_performance' -%}
    {%- set bases = {
        'first_promise': 'first_promise_date',
        'latest_promise': 'latest_promise_date',
        'requested': 'requested_date',
    } -%}
    {%- for measure, date in bases.items() %}
    {{- vendor_month_count(
        order_bucket, measure, date, no.days, no.since_date,
        'case when in_full_date <= ' ~ add_days(date, 'otd_late_tolerance_days') ~ ' then 1 else 0 end',
        schedule_lines ~ ' cross join ' ~ ref('int_kpi_setting')
        ~ " where is_vendor_performance and state <> 'cancelled' and " ~ date ~ ' is not null and '
        ~ had_passed(date, 'otd_grace_days', 'next_transition_at')
    ) }}
    union all
    {%- endfor %}
    {{- vendor_month_count(
        order_bucket, 'slip', 'first_promise_date', 'slip_days', no.since_date,
        "case when state = 'overdue' then 1 else 0 end",
        lines ~ " and state <> 'cancelled' and first_promise_date is not null and "
        ~ had_passed('first_promise_date', '0', 'next_transition_at')
    ) }}
    union all
    {{- vendor_month_count(
        order_bucket, 'received', 'lead_time_from', days_between('lead_time_from', 'in_full_date'), no.since_date, '0',
        lines ~ " and state <> 'cancelled' and lead_time_from is not null and in_full_date is not null"
    ) }}
    union all
    {{- vendor_month_count(
        order_bucket, 'cancelled', 'lead_time_from', days_between('lead_time_from', 'cast(cancelled_at as date)'), no.since_date, '0',
        lines ~ " and state = 'cancelled' and lead_time_from is not null and cancelled_at is not null"
    ) }}
    union all
    {{- vendor_month_count(
        order_bucket, 'waiting', 'lead_time_from', no.days, 'lead_time_from', '0',
        lines ~ " and state <> 'cancelled' and lead_time_from is not null and in_full_date is null"
    ) }}
    {%- for direction in ['later', 'earlier'] %}
    union all
    {{- vendor_month_count(
        order_bucket, direction, 'coalesce(changed_at, landed_at)', no.days, no.since_date, '0',
        promise_changes ~ " where is_vendor_performance and direction = '" ~ direction ~ "'"
    ) }}
    {%- endfor %}
{%- endmacro -%}


{#- One measure of vendor_month_counts: of the rows of `source` those of each vendor, month and number of days. -#}
{%- macro vendor_month_count(order_bucket, measure, date, days, since_date, is_counted, source) %}
    select
        {{ order_bucket }}vendor_key,
        {{ month_of(date) }} as month,
        '{{ measure }}' as measure,
        {{ days }} as days,
        {{ since_date }} as since_date,
        count(*) as lines,
        cast(sum({{ is_counted }}) as bigint) as counted_lines
    from {{ source }}
    group by {{ order_bucket }}vendor_key, {{ month_of(date) }}, {{ days }}, {{ since_date }}
{%- endmacro -%}


{#- Adds up rows of vendor_month_counts that say the same of a vendor's month. -#}
{%- macro added_up_counts(counts) -%}
    select
        vendor_key,
        month,
        measure,
        days,
        since_date,
        cast(sum(lines) as bigint) as lines,
        cast(sum(counted_lines) as bigint) as counted_lines
    from {{ counts }}
    group by vendor_key, month, measure, days, since_date
{%- endmacro -%}


{#- Their columns without a row, for a build that makes all. -#}
{%- macro no_vendor_month_counts() -%}
    cast(null as string) as vendor_key,
    cast(null as date) as month,
    cast(null as string) as measure,
    cast(null as integer) as days,
    cast(null as date) as since_date,
    cast(null as bigint) as lines,
    cast(null as bigint) as counted_lines
    from {{ source('control', 'build') }}
    where false
{%- endmacro -%}


{#- The measures of vendor_month_counts that a lead time is estimated from. -#}
{%- macro lead_time_measures() -%}
    ('received', 'cancelled', 'waiting')
{%- endmacro -%}


{#- Keeps the vendor-months in which this build counts another number of something; nothing in a build that makes all. -#}
{%- macro and_month_is_touched() -%}
    {{ runs_after('int_vendor_month__change') }}
    {%- if not makes_all_orders() -%}
    and (vendor_key, month) in (select changes.vendor_key, changes.month from {{ ref('int_vendor_month__change') }} as changes)
    {%- endif -%}
{%- endmacro -%}
