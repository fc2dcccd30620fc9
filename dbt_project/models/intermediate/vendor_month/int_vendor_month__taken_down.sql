-- What int_vendor_month__count holds of the touched orders: taken down before their rows change, emptied in the transaction that takes it
-- off there. A build that goes on from a killed one keeps what that had taken down and not yet taken off, because the rows may have
-- changed since; each touched order has a row here, also one that counted nowhere, which says so.
{{ runs_after('int_kpi_setting') }}
{% if makes_all_orders() -%}
select
    cast(null as bigint) as order_bucket,
    {{ no_vendor_month_counts() }}
{%- else -%}
{%- set goes_on = is_continued() and load_cached_relation(this) is not none -%}
with touched_orders as (
    select order_bucket from {{ ref('int_erp__touched_order') }}
    {%- if goes_on %}
    where order_bucket not in (select taken_down.order_bucket from {{ this }} as taken_down)
    {%- endif %}
),

schedule_lines as (
    select * from {{ as_left_by_last_build('fct_schedule_line') }}
    where order_bucket in (select touched_orders.order_bucket from touched_orders)
),

promise_changes as (
    select * from {{ as_left_by_last_build('fct_promise_change') }}
    where order_bucket in (select touched_orders.order_bucket from touched_orders)
),

counts as (
    {{ vendor_month_counts('schedule_lines', 'promise_changes', by_order=true) }}
)

select
    touched_orders.order_bucket,
    counts.vendor_key,
    counts.month,
    counts.measure,
    counts.days,
    counts.since_date,
    counts.lines,
    counts.counted_lines
from touched_orders
left join counts
    on touched_orders.order_bucket = counts.order_bucket
{%- if goes_on %}
union all
select * from {{ this }}
{%- endif %}
{%- endif %}
