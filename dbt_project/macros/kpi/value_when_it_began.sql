{#- What was open of a line when its episode began, in currency; received_at_start is joined. Of an unknown quantity the value is unknown,
    and not the 0 that greatest() makes of a null. -#}
{%- macro value_when_it_began(lines) -%}
    case
        when {{ lines }}.ordered_quantity is not null
            then greatest(
                {{ lines }}.ordered_quantity
                - greatest(coalesce(received_at_start.received_quantity, 0) - {{ lines }}.ordered_before, 0), 0
            )
    end * {{ lines }}.unit_price
{%- endmacro -%}
