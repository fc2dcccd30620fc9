{#- Fails with each ISO week that does not have seven days, but for the first and the last, which the calendar may cut. -#}
{% test seven_days_a_week(model) %}
select
    iso_week,
    count(*) as days_found
from {{ model }}
group by iso_week
having
    count(*) > 7
    or (
        count(*) < 7
        and min(calendar_date) > (select min(calendar_date) from {{ model }})
        and max(calendar_date) < (select max(calendar_date) from {{ model }})
    )
{% endtest %}
