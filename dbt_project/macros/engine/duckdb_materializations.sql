{#- How models become tables and views on DuckDB: one statement where dbt-duckdb takes up to eight.

    DuckDB replaces a table inside a transaction, so neither a name of its own for what is being written, nor a copy of what
    was there, nor a look for indexes is needed. Hooks, grants, indexes and models in Python, which this project does
    not have, are left out. -#}

{%- materialization table, adapter='duckdb' -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- do drop_other_kind(target_relation) -%}
    {%- call statement('main') -%}
        {{ replace_table(target_relation) }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization -%}


{%- materialization view, adapter='duckdb' -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- do drop_other_kind(target_relation) -%}
    {%- call statement('main') -%}
        create or replace view {{ target_relation }} as (
        {{ sql }}
        )
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization -%}


{#- Columns that differ from the table's are what `on_schema_change` says: a mistake, or columns to append. -#}
{%- materialization incremental, adapter='duckdb' -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- if existing_relation is none or existing_relation.is_view or should_full_refresh() -%}
        {%- do drop_other_kind(target_relation) -%}
        {%- call statement('main') -%}
            {{ replace_table(target_relation) }}
        {%- endcall -%}
    {%- else -%}
        {%- set temp_relation = make_temp_relation(target_relation) -%}
        {%- do run_query(create_table_as(true, temp_relation, sql)) -%}
        {%- set columns = adapter.get_columns_in_relation(temp_relation) -%}
        {%- if not same_columns(columns, adapter.get_columns_in_relation(target_relation)) -%}
            {%- set columns = process_schema_changes(config.get('on_schema_change'), temp_relation, target_relation) -%}
        {%- endif -%}
        {%- set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy')) -%}
        {%- call statement('main') -%}
            {{ strategy({
                'target_relation': target_relation,
                'temp_relation': temp_relation,
                'unique_key': config.get('unique_key'),
                'dest_columns': columns,
                'incremental_predicates': none,
            }) }};
            drop table {{ temp_relation }}
        {%- endcall -%}
    {%- endif -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization -%}


{#- A model that was a table and is a view now, or the other way round: DuckDB replaces only what is of the same kind. -#}
{%- macro drop_other_kind(target_relation) -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- if existing_relation is not none and existing_relation.type != target_relation.type -%}
        {%- do adapter.drop_relation(existing_relation) -%}
    {%- endif -%}
{%- endmacro -%}


{#- With a contract the columns have its types and constraints, and the query's must be the same. Without one, columns that a
    model's `constraints` name refuse nulls from here on: what an increment adds is checked as it is written, and what stood
    there is not read again, as a test would. All slices of orders are written in the one transaction. -#}
{%- macro replace_table(target_relation) -%}
    {%- set has_contract = config.get('contract').enforced -%}
    {%- if has_contract -%}
        {{ get_assert_columns_equivalent(sql) }}
        create or replace table {{ target_relation }}
        {{ get_table_columns_and_constraints() }};
    {%- endif -%}
    {%- for first_bucket, next_first_bucket in slices_of_orders() %}

        set variable first_bucket = {{ first_bucket }};

        set variable next_first_bucket = {{ next_first_bucket }};

        {% if has_contract -%}
        insert into {{ target_relation }} {{ get_column_names() }} (
            {{ get_select_subquery(sql) }}
        );
        {%- else -%}
        {{ 'create or replace table ' ~ target_relation ~ ' as' if loop.first else 'insert into ' ~ target_relation }} (
            {{ sql }}
        );
        {%- endif -%}
    {%- endfor %}

        reset variable first_bucket;

        reset variable next_first_bucket
    {%- if not has_contract -%}
        {%- for constraint in model.constraints if constraint.type == 'not_null' -%}
        {%- for column in constraint.columns %};

        alter table {{ target_relation }} alter column {{ column }} set not null
        {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}


{%- macro same_columns(columns, others) -%}
    {{ return(columns | map(attribute='quoted') | list == others | map(attribute='quoted') | list
        and columns | map(attribute='data_type') | list == others | map(attribute='data_type') | list) }}
{%- endmacro -%}


{#- The slices of orders in which a model that is made by order is made anew: pairs of the first bucket and the one behind the last,
    null where there is no end. What windows and joins hold of all orders of a large company does not fit into memory. -#}
{%- macro slices_of_orders() -%}
    {%- set orders = api.Relation.create(database=target.database, schema='staging', identifier='stg_sap_s4hana__purchase_order') -%}
    {%- set is_made_by_order = config.get('incremental_strategy') == 'replace_touched' and config.get('unique_key') == 'order_bucket' -%}
    {%- if not is_made_by_order or load_cached_relation(orders) is none -%}{{ return([('null', 'null')]) }}{%- endif -%}
    {%- set slices = run_query(
        'select cast(ceil(count(*) / max(build.orders_in_slice)) as integer) from ' ~ orders ~ ' cross join ' ~ source('control', 'build')
    ).columns[0].values()[0] or 1 -%}
    {%- set shares = [] -%}
    {%- for number in range(1, slices) -%}{%- do shares.append(number / slices) -%}{%- endfor -%}
    {%- set bounds = run_query(
        'select distinct unnest(quantile_disc(_order_bucket, ' ~ shares ~ ')) as bound from ' ~ orders ~ ' order by bound'
    ).columns[0].values() | list if shares else [] -%}
    {{ return(zip(['null'] + bounds, bounds + ['null']) | list) }}
{%- endmacro -%}
