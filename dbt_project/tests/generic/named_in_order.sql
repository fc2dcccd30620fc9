{#- Fails with each row whose key names no row of the same order in another table. `where` narrows both sides: dbt's own test of
    relationships would look for the keys of the touched orders among all lines (0.5 s of an increment at 16 million). -#}
{% test named_in_order(model, column_name, to) %}
with tested as (
    select * from {{ model }}
),

named as (
    select * from {{ get_where_subquery(to) }}
)

select
    tested.order_bucket,
    tested.{{ column_name }}
from tested
left join named
    on {{ same_key('tested', 'named', ['order_bucket', column_name]) }}
where named.{{ column_name }} is null
{% endtest %}
