{#- An increment of the order marts: which orders changed is decided once, in int_erp__touched_order, and every model of the
    chain reads and replaces those orders alone. A row of that table without a bucket stands for all orders. -#}

{#- The tables that an increment goes on from. -#}
{%- macro order_tables() -%}
    {{ return({
        'int_erp__purchase_order': 'intermediate',
        'int_erp__purchase_order_line': 'intermediate',
        'int_erp__goods_receipt': 'intermediate',
        'int_erp__material_unit': 'intermediate',
        'int_erp__vendor_shown': 'intermediate',
        'int_early_warning__episode': 'intermediate',
        'int_vendor_warning__delivery_evidence': 'intermediate',
        'int_vendor_month__count': 'intermediate',
        'int_vendor_month__on_time': 'intermediate',
        'int_vendor_month__delivery': 'intermediate',
        'lead_time': 'marts',
        'fct_goods_receipt': 'marts',
        'fct_schedule_line': 'marts',
        'fct_promise_change': 'marts',
        'early_warning': 'marts',
    }) }}
{%- endmacro -%}


{#- A table of the chain as the last build left it: read without `ref`, because the model that asks runs before it. -#}
{%- macro as_left_by_last_build(name) -%}
    {{ return(api.Relation.create(database=target.database, schema=order_tables()[name], identifier=name)) }}
{%- endmacro -%}


{#- What int_erp__touched_order reads of them, whatever else is built. -#}
{%- macro tables_that_name_touched_orders() -%}
    {{ return([
        'int_erp__purchase_order_line',
        'int_erp__material_unit',
        'int_erp__vendor_shown',
        'int_early_warning__episode',
        'fct_schedule_line',
    ]) }}
{%- endmacro -%}


{#- Whether all orders must be made anew: asked for, or a table that this build goes on from is missing, or the build that this one
    continues had begun to. -#}
{%- macro starts_anew() -%}
    {%- if not execute or is_unit_test() or should_full_refresh() -%}{{ return(true) }}{%- endif -%}
    {%- for name, schema in order_tables().items() -%}
        {%- set is_built = 'model.' ~ project_name ~ '.' ~ name in selected_resources -%}
        {%- set is_asked_for = is_built or name in tables_that_name_touched_orders() -%}
        {%- if is_asked_for and adapter.get_relation(target.database, schema, name) is none -%}{{ return(true) }}{%- endif -%}
    {%- endfor -%}
    {{ return(is_continued() and load_cached_relation(this) is not none and holds_all_orders(this)) }}
{%- endmacro -%}


{#- Whether the last build of this file did not end: what it had found touched is still to be done. -#}
{%- macro is_continued() -%}
    {{ return(execute and run_query('select is_continued from ' ~ source('control', 'build')).columns[0].values()[0]) }}
{%- endmacro -%}


{%- macro holds_all_orders(relation) -%}
    {{ return(run_query('select count(*) from ' ~ relation ~ ' where order_bucket is null').columns[0].values()[0] > 0) }}
{%- endmacro -%}


{#- Whether this build makes all orders, asked by the models that follow int_erp__touched_order; unit tests see all rows. -#}
{%- macro makes_all_orders() -%}
    {%- if is_unit_test() -%}{{ return(true) }}{%- endif -%}
    {%- set touched_orders = ref('int_erp__touched_order') -%}
    {{ return(not execute or holds_all_orders(touched_orders)) }}
{%- endmacro -%}


{#- The rows of touched orders of a relation that carries their bucket; in a build that makes all orders, those of the slice that is
    being made. `touched_in` is the model that lists what was touched. -#}
{%- macro touched(relation, bucket='order_bucket', touched_in='int_erp__touched_order') -%}
    {%- if is_unit_test() -%}
    {{ relation }}
    {%- elif makes_all_orders() -%}
    {{ orders_of_slice(relation, bucket) }}
    {%- else -%}
    (
        select rows_of_all.*
        from {{ relation }} as rows_of_all
        where rows_of_all.{{ bucket }} in (select touched_order.order_bucket from {{ ref(touched_in) }} as touched_order)
    )
    {%- endif -%}
{%- endmacro -%}


{#- Declares that a model runs after another whose rows it does not read. -#}
{%- macro runs_after(name) -%}
    {%- if not is_unit_test() and not execute -%}{%- do ref(name) -%}{%- endif -%}
{%- endmacro -%}


{#- Incremental strategy: what was touched makes room for what this run made of it. `unique_key` names the columns that both are
    found by, the configuration `touched_in` the model that lists what was touched (int_erp__touched_order unless set), `empties`
    the list of what this run has taken account of: it is emptied in the same transaction, so that nothing is taken account of twice. -#}
{%- macro get_incremental_replace_touched_sql(arguments) -%}
    {%- set key = arguments['unique_key'] -%}
    {%- set key = [key] if key is string else key -%}
    {%- set columns = key | join(', ') -%}
    {%- set names = arguments['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    delete from {{ arguments['target_relation'] }}
    {%- if not makes_all_orders() %}
    where
        ({{ columns }}) in (
            select {{ columns }} from {{ ref(config.get('touched_in', 'int_erp__touched_order')) }}
            union all
            select {{ columns }} from {{ arguments['temp_relation'] }}
        )
    {%- endif %};

    insert into {{ arguments['target_relation'] }} ({{ names }})
    select {{ names }} from {{ arguments['temp_relation'] }}
    {%- if config.get('empties') %};

    delete from {{ ref(config.get('empties')) }}
    {%- endif %}
{%- endmacro -%}


{#- Whether a unit test is compiled: it gives the rows itself, and there is no last build. -#}
{%- macro is_unit_test() -%}
    {{ return(model is defined and model.resource_type == 'unit_test') }}
{%- endmacro -%}
