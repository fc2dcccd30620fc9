{{ config(materialized='incremental', incremental_strategy='replace_touched', unique_key='order_bucket') }}
{{ runs_after('int_erp__touched_order') }}
{% set line_key = ['order_bucket', 'purchase_order_line', 'schedule_line'] -%}
{% set rules = ['promise_moved_later', 'overdue', 'no_confirmation'] -%}

-- Episodes of all rules whose verdict does not move with the clock, with the line and the vendor behind them and the thresholds they are
-- judged by: early_warning counts the days of what is not over.
with lines as (
    select * from {{ ref('int_early_warning__line') }}
),

goods_receipts as (
    select * from {{ touched(ref('int_erp__goods_receipt')) }}
    where received_quantity <> 0
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

thresholds as (
    {%- for rule in rules %}
    {{ valid_threshold(rule) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

episodes as (
    {%- for rule in rules %}
    select
        '{{ rule }}' as rule_id,
        *
    from {{ ref('int_early_warning__' ~ rule) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

received_at_start as (
    {{ received_when_it_began(['rule_id'] + line_key + ['started_at']) }}
)

select
    episodes.rule_id,
    thresholds.rule_version,
    thresholds.kpi_family,
    thresholds.watch_min_days,
    thresholds.alert_min_days,
    thresholds.min_open_value,
    thresholds.alert_min_value,
    thresholds.cover_slip_days,
    thresholds.ample_cover_days,
    lines.order_bucket,
    lines.vendor_key,
    vendors.vendor_name,
    vendors.category,
    vendors.is_strategic,
    lines.connection_id,
    lines.purchase_order,
    lines.purchase_order_line,
    lines.schedule_line,
    lines.plant,
    lines.item_category,
    lines.material,
    lines.material_text,
    episodes.started_at,
    episodes.cleared_at,
    episodes.clear_reason,
    lines.first_promise_date,
    episodes.previous_promise_date,
    episodes.latest_promise_date,
    episodes.days_late as ended_days,
    episodes.counts_since,
    lines.open_quantity,
    lines.quantity_unit,
    lines.open_value,
    lines.currency,
    {{ value_when_it_began('lines') }} as value_at_start
from episodes
inner join thresholds on episodes.rule_id = thresholds.rule_id
inner join lines
    on {{ same_key('episodes', 'lines', line_key) }}
inner join vendors on lines.vendor_key = vendors.vendor_key
left join received_at_start
    on
        {{ same_key('episodes', 'received_at_start', line_key) }}
        and episodes.rule_id = received_at_start.rule_id
        and episodes.started_at = received_at_start.started_at
