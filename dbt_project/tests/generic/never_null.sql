{#- Fails with each row in which one of the columns is null. One test for a model: a test costs as much as a small model,
    whatever it looks at. -#}
{% test never_null(model, columns) %}
select *
from {{ model }}
where {% for column in columns %}{{ 'or ' if not loop.first }}{{ column }} is null{{ ' ' if not loop.last }}{% endfor %}
{% endtest %}
