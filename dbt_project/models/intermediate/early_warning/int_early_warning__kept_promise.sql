{{ config(materialized='view') }}
{% set line_key = ['order_bucket', 'purchase_order_line', 'schedule_line'] -%}

-- The promises of all lines that the rule about likely delays learns from or speaks about, as they stood when they held: from when to when
-- one held, whether the date had been moved later by then, and how the line ended. What the date was before we first saw a line is unknown.
with setting as (
    {{ valid_threshold('likely_late') }}
),

schedule_lines as (
    select
        *,
        {{ line_ended_at() }} as ended_at,
        {{ line_end_reason() }} as end_reason
    from {{ ref('fct_schedule_line') }}
    -- goods came in a unit that cannot be counted: whether the line is late is unknown
    where is_vendor_performance and coalesce(data_flags, '') not like '%receipt_in_other_unit%'
),

promise_changes as (
    select
        *,
        max(case when direction = 'later' then 1 else 0 end) over (
            partition by order_bucket, purchase_order_line, schedule_line
            order by change_number
        ) = 1 as is_moved,
        coalesce(changed_at, landed_at) as ordered_at
    from {{ ref('fct_promise_change') }}
),

promises as (
    select
        {{ line_key | join(',\n        ') }},
        1 as promise_number,
        requested_date as promise_date,
        first_landed_at as ordered_at,
        false as is_moved
    from schedule_lines
    where requested_date is not null
    union all
    select
        {{ line_key | join(',\n        ') }},
        change_number + 1 as promise_number,
        to_date as promise_date,
        ordered_at,
        is_moved
    from promise_changes
),

in_time as (
    select promises.*
    from promises
    cross join setting
    where
        promises.promise_date <= {{ add_days(as_of_date(), 'setting.horizon_days') }}
        and promises.promise_date >= {{ add_days(
            as_of_date(), '-(setting.kept_days + setting.horizon_days + setting.learning_days + 7)'
        ) }}
)

select
    in_time.*,
    replacements.ordered_at as replaced_at,
    schedule_lines.vendor_key,
    schedule_lines.in_full_date,
    schedule_lines.recorded_at,
    schedule_lines.ended_at,
    schedule_lines.end_reason
from in_time
inner join schedule_lines
    on {{ same_key('in_time', 'schedule_lines', line_key) }}
left join promise_changes as replacements
    on
        {{ same_key('in_time', 'replacements', line_key) }}
        and in_time.promise_number = replacements.change_number
