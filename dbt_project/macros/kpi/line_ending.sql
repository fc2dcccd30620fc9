{#- When and how the delivery of a line of fct_schedule_line ended as far as we were told. -#}
{%- macro line_ended_at() -%}
    case
        when in_full_date is not null and state <> 'cancelled' then recorded_at
        when state = 'cancelled' then cancelled_at
    end
{%- endmacro -%}


{%- macro line_end_reason() -%}
    case
        when in_full_date is not null and state <> 'cancelled' then 'delivered'
        when state = 'cancelled' then 'cancelled'
    end
{%- endmacro -%}
