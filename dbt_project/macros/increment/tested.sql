{#- The rows that a test looks at. With `where: order_is_touched` an increment looks at the orders that it made anew: a key that names its
    order can only be there twice within that order, and every other row passed when it was written. Spark makes all of them. -#}
{%- macro get_where_subquery(relation) -%}
    {%- set where = config.get('where') -%}
    {%- if where == 'order_is_touched' -%}
        {%- if not execute or target.type == 'spark' -%}{{ return(relation) }}{%- endif -%}
        {%- set touched_orders = api.Relation.create(database=target.database, schema='intermediate', identifier='int_erp__touched_order') -%}
        {%- if holds_all_orders(touched_orders) -%}{{ return(relation) }}{%- endif -%}
        {%- set where = 'order_bucket in (select touched_order.order_bucket from ' ~ touched_orders ~ ' as touched_order)' -%}
    {%- endif -%}
    {{ return('(select * from ' ~ relation ~ ' where ' ~ where ~ ') as tested' if where else relation) }}
{%- endmacro -%}
