{% set facts = {
    'purchase_order': 'fct_schedule_line',
    'material_document': 'fct_goods_receipt',
    'inspection_lot': 'fct_inspection_lot',
    'quality_notification': 'fct_quality_notification',
    'supplier_invoice': 'fct_invoice_line',
    'incident': 'fct_service_ticket',
} -%}
{% set line = "is_vendor_performance and state <> 'cancelled'" -%}
{% set flags = {
    'is_line': line,
    'is_delivered': line ~ ' and slip_days is not null',
    'is_exact': line ~ ' and slip_days = 0',
    'has_promise': line ~ ' and first_promise_date is not null',
    'has_confirmation': line ~ " and first_promise_basis = 'confirmation'",
    'is_due': line ~ ' and first_promise_date < ' ~ as_of_date(),
    'has_receipt': line ~ ' and received_quantity > 0 and first_promise_date < ' ~ as_of_date(),
} -%}
{% set shares = [
    ('exact_slip', 'exact_lines', 'delivered_lines'),
    ('promise_coverage', 'promised_lines', 'order_lines'),
    ('confirmation_coverage', 'confirmed_lines', 'order_lines'),
    ('receipt_coverage', 'received_lines', 'due_lines'),
] -%}

with feeds as (
    select * from {{ ref('feed_status') }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

{% for entity, fact in facts.items() -%}
{{ entity }}_facts as (
    select * from {{ ref(fact) }}
),

{% endfor -%}
observed as (
    {% for entity in facts -%}
    select
        connection_id,
        '{{ entity }}' as entity,
        vendor_key,
        data_flags,
        {%- for flag, rule in flags.items() %}
        {{ 'case when ' ~ rule ~ ' then 1 else 0 end' if entity == 'purchase_order' else '0' }} as {{ flag }},
        {%- endfor %}
        1 as is_row
    from {{ entity }}_facts
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- the row without a vendor is the whole feed
scoped as (
    select * from observed
    where vendor_key is not null
    union all
    select
        connection_id,
        entity,
        cast(null as string) as vendor_key,
        data_flags,
        is_line,
        is_delivered,
        is_exact,
        has_promise,
        has_confirmation,
        is_due,
        has_receipt,
        is_row
    from observed
),

counted as (
    select
        connection_id,
        entity,
        vendor_key,
        cast(sum(is_row) as bigint) as checked_rows,
        cast(count(data_flags) as bigint) as doubtful_rows,
        cast(sum(is_line) as bigint) as order_lines,
        cast(sum(is_delivered) as bigint) as delivered_lines,
        cast(sum(is_exact) as bigint) as exact_lines,
        cast(sum(has_promise) as bigint) as promised_lines,
        cast(sum(has_confirmation) as bigint) as confirmed_lines,
        cast(sum(is_due) as bigint) as due_lines,
        cast(sum(has_receipt) as bigint) as received_lines
    from scoped
    group by connection_id, entity, vendor_key
)

select
    feeds.connection_id || ':' || feeds.entity || ':' || coalesce(counted.vendor_key, '*') as trust_key,
    feeds.system,
    feeds.kind,
    feeds.connection_id,
    feeds.entity,
    counted.vendor_key,
    vendors.vendor_name,
    feeds.last_complete_at,
    {{ hours_between('feeds.last_complete_at', as_of()) }} as age_hours,
    feeds.is_stale,
    case when counted.vendor_key is null then feeds.landed_rows end as landed_rows,
    case when counted.vendor_key is null then feeds.quarantined_rows end as quarantined_rows,
    counted.checked_rows,
    counted.doubtful_rows,
    counted.doubtful_rows / nullif(cast(counted.checked_rows as double), 0) as doubtful_share,
    {%- for kpi, part, whole in shares %}
    counted.{{ part }} / nullif(cast(counted.{{ whole }} as double), 0) as {{ kpi }},
    case when feeds.entity = 'purchase_order' then counted.{{ whole }} end as {{ kpi }}_n,
    {{ wilson_lower('counted.' ~ part, 'counted.' ~ whole) }} as {{ kpi }}_lower,
    {{ wilson_upper('counted.' ~ part, 'counted.' ~ whole) }} as {{ kpi }}_upper,
    {%- endfor %}
    feeds.stale_after_hours
from feeds
left join counted on feeds.connection_id = counted.connection_id and feeds.entity = counted.entity
left join vendors on counted.vendor_key = vendors.vendor_key
