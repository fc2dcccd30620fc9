{#- The rows that a test looks at. With `where: order_is_touched` an increment looks at the orders that it made anew, with
    `where: warning_is_told_anew` at those whose warnings it did: a key that names its order can only be there twice within that order, and
    every other row passed when it was written. Spark makes all of them. -#}
{%- macro get_where_subquery(relation) -%}
    {%- set made_anew = {'order_is_touched': 'int_erp__touched_order', 'warning_is_told_anew': 'int_early_warning__told_anew'} -%}
    {%- set where = config.get('where') -%}
    {%- if where in made_anew -%}
        {%- if not execute or target.type == 'spark' -%}{{ return(relation) }}{%- endif -%}
        {%- set intermediate = api.Relation.create(database=target.database, schema='intermediate') -%}
        {%- if holds_all_orders(intermediate.incorporate(path={'identifier': 'int_erp__touched_order'})) -%}{{ return(relation) }}{%- endif -%}
        {%- set list = intermediate.incorporate(path={'identifier': made_anew[where]}) -%}
        {%- set where = 'order_bucket in (select made_anew.order_bucket from ' ~ list ~ ' as made_anew)' -%}
    {%- endif -%}
    {{ return('(select * from ' ~ relation ~ ' where ' ~ where ~ ') as tested' if where else relation) }}
{%- endmacro -%}
