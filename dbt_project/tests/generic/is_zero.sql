{% test is_zero(model, column_name) %}
    select *
    from {{ model }}
    where coalesce({{ column_name }}, 1) <> 0
{% endtest %}
