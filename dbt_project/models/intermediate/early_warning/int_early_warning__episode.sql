{% set line_key = ['connection_id', 'purchase_order', 'purchase_order_line', 'schedule_line'] -%}
{% set rules = ['promise_moved_later', 'overdue'] -%}

-- Episodes of all rules with the line behind them and the thresholds they are judged by.
with lines as (
    select * from {{ ref('int_early_warning__line') }}
),

progress as (
    select * from {{ ref('int_erp__receipt_progress') }}
),

allocations as (
    select * from {{ ref('int_erp__schedule_line_receipt') }}
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
    select
        episodes.rule_id,
        episodes.connection_id,
        episodes.purchase_order,
        episodes.purchase_order_line,
        episodes.schedule_line,
        episodes.started_at,
        sum(progress.effective_quantity) as received_quantity
    from episodes
    inner join progress
        on
            episodes.connection_id = progress.connection_id
            and episodes.purchase_order = progress.purchase_order
            and episodes.purchase_order_line = progress.purchase_order_line
            and episodes.started_at >= progress.recorded_at
    group by
        episodes.rule_id, episodes.connection_id, episodes.purchase_order, episodes.purchase_order_line,
        episodes.schedule_line, episodes.started_at
)

select
    episodes.rule_id,
    thresholds.rule_version,
    thresholds.kpi_family,
    thresholds.watch_min_days,
    thresholds.alert_min_days,
    thresholds.min_open_value,
    thresholds.alert_min_value,
    lines.vendor_key,
    lines.connection_id,
    lines.purchase_order,
    lines.purchase_order_line,
    lines.schedule_line,
    lines.material,
    lines.material_text,
    episodes.started_at,
    episodes.cleared_at,
    episodes.clear_reason,
    lines.first_promise_date,
    episodes.previous_promise_date,
    episodes.latest_promise_date,
    episodes.days_late,
    lines.in_full_date,
    lines.open_quantity,
    lines.quantity_unit,
    lines.open_value,
    lines.currency,
    greatest(
        lines.ordered_quantity
        - greatest(coalesce(received_at_start.received_quantity, 0) - coalesce(allocations.ordered_before, 0), 0),
        0
    ) * lines.unit_price as value_at_start
from episodes
inner join thresholds on episodes.rule_id = thresholds.rule_id
inner join lines
    on {{ same_key('episodes', 'lines', line_key) }}
left join allocations
    on {{ same_key('episodes', 'allocations', line_key) }}
left join received_at_start
    on
        {{ same_key('episodes', 'received_at_start', line_key) }}
        and episodes.rule_id = received_at_start.rule_id
        and episodes.started_at = received_at_start.started_at
