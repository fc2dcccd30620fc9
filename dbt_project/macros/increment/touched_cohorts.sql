{#- Keeps the cohorts of a kind (month, quarter, all) that this build must estimate anew; nothing in a build that makes all. -#}
{%- macro where_cohort_is_touched(cohort) -%}
    {%- if not makes_all_orders() -%}
    where
        {{ cohort }}_id in (
            select cohorts.{{ cohort }}_id
            from cohorts
            inner join {{ ref('int_lead_time__touched') }} as touched_cohorts
                on
                    cohorts.vendor_key = touched_cohorts.vendor_key
                    and touched_cohorts.cohort = '{{ cohort }}'
                    {%- if cohort != 'all' %}
                    and cohorts.{{ cohort }} = touched_cohorts.cohort_start
                    {%- endif %}
        )
    {%- endif -%}
{%- endmacro -%}
