{{ config(materialized='view') }}
{%- set of_line = [
    'first_landed_at', 'first_promise_date', 'in_full_date', 'ended_at', 'end_reason', 'has_receipt_in_other_unit'
] %}

-- The promises of each line that can be warned about, in order, with what became of the line: what it was first landed with, and every
-- change observed since.
with lines as (
    select
        *,
        coalesce(data_flags, '') like '%receipt_in_other_unit%' as has_receipt_in_other_unit
    from {{ ref('int_early_warning__line') }}
),

promise_changes as (
    select * from {{ touched(ref('fct_promise_change')) }}
)

select
    order_bucket,
    purchase_order_line,
    schedule_line,
    1 as promise_number,
    requested_date as promise_date,
    cast(null as date) as previous_promise_date,
    first_landed_at as ordered_at,
    {{ of_line | join(',\n    ') }}
from lines
where requested_date is not null
union all
select
    promise_changes.order_bucket,
    promise_changes.purchase_order_line,
    promise_changes.schedule_line,
    promise_changes.change_number + 1 as promise_number,
    promise_changes.to_date as promise_date,
    promise_changes.from_date as previous_promise_date,
    coalesce(promise_changes.changed_at, promise_changes.landed_at) as ordered_at,
    lines.{{ of_line | join(',\n    lines.') }}
from promise_changes
inner join lines
    on {{ same_key('promise_changes', 'lines', ['order_bucket', 'purchase_order_line', 'schedule_line']) }}
