{#- Facts whose rows are reconciled with their landed entity, as data.

    key: of the staged entity, as of the fact.
    left_out: rules by which a key that is staged stands in no row of the fact, by name; the first that holds explains it.
    value: money, in `currency`, with `fact_value` of the fact; reconciled for each currency. Both may name the newest readable version of
        a parent by <parent>_values. -#}
{%- macro reconciled_facts() -%}
    {{ return([
        {
            'system': 'sap_s4hana',
            'entity': 'purchase_order_schedule_line',
            'fact': 'fct_schedule_line',
            'key': ['purchase_order', 'purchase_order_line', 'schedule_line'],
            'parents': [['purchase_order', ['purchase_order']], ['purchase_order_item', ['purchase_order', 'purchase_order_line']]],
            'measure': 'newest.ordered_quantity',
            'fact_measure': 'facts.ordered_quantity',
            'measure_name': 'ordered quantity, in order units',
            'value': 'newest.ordered_quantity * (cast(purchase_order_item_values.net_price as double)'
                ~ ' / nullif(cast(coalesce(purchase_order_item_values.price_unit_quantity, 1) as double), 0))',
            'currency': 'purchase_order_values.currency',
            'fact_value': 'facts.line_value',
        },
        {
            'system': 'sap_s4hana',
            'entity': 'material_document_item',
            'fact': 'fct_goods_receipt',
            'key': ['document_year', 'material_document', 'document_item'],
            'parents': [['material_document', ['document_year', 'material_document']]],
            'left_out': {'no_movement_of_an_order': "newest.purchase_order is null or coalesce(newest.movement_type, '') not in ('101', '102', '122')"},
            'measure': 'newest.quantity',
            'fact_measure': 'facts.entry_quantity',
            'measure_name': 'quantity posted, in entry units',
        },
        {
            'system': 'sap_s4hana',
            'entity': 'inspection_lot',
            'fact': 'fct_inspection_lot',
            'key': ['inspection_lot'],
            'measure': 'newest.lot_quantity',
            'fact_measure': 'facts.lot_quantity',
            'measure_name': 'lot quantity',
        },
        {
            'system': 'sap_s4hana',
            'entity': 'quality_notification',
            'fact': 'fct_quality_notification',
            'key': ['quality_notification'],
        },
        {
            'system': 'sap_s4hana',
            'entity': 'supplier_invoice_item',
            'fact': 'fct_invoice_line',
            'key': ['fiscal_year', 'invoice', 'invoice_line'],
            'parents': [['supplier_invoice', ['invoice', 'fiscal_year']]],
            'measure': 'abs(newest.amount)',
            'fact_measure': 'abs(facts.amount)',
            'measure_name': 'invoiced amount without its sign, in document currency',
        },
    ]) }}
{%- endmacro -%}


{#- Every key of the entity and every row of its fact, with what became of it; amounts are exact numbers, so that sums agree. -#}
{%- macro reconciled_keys(fact) -%}
{%- set staged = 'stg_' ~ fact['system'] ~ '__' ~ fact['entity'] -%}
select
    '{{ fact['system'] }}' as system,
    '{{ fact['entity'] }}' as entity,
    '{{ fact['fact'] }}' as fact,
    '{{ fact.get('measure_name', '') }}' as measure,
    coalesce(newest.connection_id, facts.connection_id) as connection_id,
    case
        when newest.connection_id is null then 'without_source'
        when facts.connection_id is not null then 'in_mart'
        when not newest._is_readable then 'unreadable'
        when newest._deleted then 'deleted'
        {%- for parent, key in fact.get('parents', []) %}
        when {{ parent }}_parents.connection_id is null then 'without_parent'
        {%- endfor %}
        {%- for rule, condition in fact.get('left_out', {}).items() %}
        when {{ condition }} then '{{ rule }}'
        {%- endfor %}
        else 'unexplained'
    end as outcome,
    cast({{ fact.get('measure', 'null') }} as decimal(28, 3)) as staged_amount,
    cast({{ fact.get('fact_measure', 'null') }} as decimal(28, 3)) as mart_amount,
    cast({{ fact.get('value', 'null') }} as decimal(28, 3)) as staged_value,
    cast({{ fact.get('currency', 'null') }} as string) as staged_currency,
    cast({{ fact.get('fact_value', 'null') }} as decimal(28, 3)) as mart_value,
    cast({{ 'facts.currency' if 'value' in fact else 'null' }} as string) as mart_currency
from (
    select
        *,
        row_number() over (
            partition by connection_id, {{ fact['key'] | join(', ') }}
            order by
                case when _is_readable then 0 else 1 end,
                _ordered_at desc, _extracted_at desc, _batch_id desc, _row_number desc
        ) as _place
    from {{ ref(staged) }}
) as newest
full outer join {{ ref(fact['fact']) }} as facts
    on {{ same_key('newest', 'facts', ['connection_id'] + fact['key']) }} and newest._place = 1
{%- for parent, key in fact.get('parents', []) %}
left join (
    select distinct
        connection_id,
        {{ key | join(', ') }}
    from {{ ref('stg_' ~ fact['system'] ~ '__' ~ parent) }}
    where _is_readable and not _deleted
) as {{ parent }}_parents
    on {{ same_key('newest', parent ~ '_parents', ['connection_id'] + key) }}
{%- if 'value' in fact %}
left join ({{ newest_readable(ref('stg_' ~ fact['system'] ~ '__' ~ parent), key) }}) as {{ parent }}_values
    on {{ same_key('newest', parent ~ '_values', ['connection_id'] + key) }}
{%- endif %}
{%- endfor %}
where newest._place = 1 or newest.connection_id is null
{%- endmacro -%}


{#- What the files of new batches hold, counted where they are read for the first time: one row for each batch. -#}
{%- macro counted_batches(system, entity, paths) -%}
select
    cast('{{ system }}' as string) as system,
    cast('{{ entity }}' as string) as entity,
    cast(_connection_id as string) as connection_id,
    cast(_batch_id as string) as batch_id,
    cast(count(*) as bigint) as rows_read,
    cast(sum(case when {{ key_is_unreadable(system, entity) }} then 1 else 0 end) as bigint) as rows_without_key
from {{ landing_scan(system, entity, key_columns(system, entity), paths=paths) }} as landed
group by _connection_id, _batch_id
{%- endmacro -%}


{%- macro key_columns(system, entity) -%}
    {%- set columns = [] -%}
    {%- for field in landed_entities()[system][entity]['key'] -%}
        {%- do columns.append([field, field, 'text']) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro -%}
