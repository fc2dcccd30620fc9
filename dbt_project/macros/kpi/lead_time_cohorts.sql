{#- The kinds of cohorts that a lead time is estimated for, and where one of a vendor's months belongs to starts. -#}
{%- macro lead_time_cohort_starts() -%}
    {{ return({'month': 'month', 'quarter': 'quarter', 'all': lead_time_epoch()}) }}
{%- endmacro -%}


{#- The start of the cohort of all orders; the starts of the others are counted in months from it. -#}
{%- macro lead_time_epoch() -%}
    cast('1900-01-01' as date)
{%- endmacro -%}


{#- The number of a cohort: of its vendor, its kind and its start. Three thousand months are two hundred and fifty years. -#}
{%- macro lead_time_cohort(vendor_number, cohort, start) -%}
    {{ vendor_number }} * 10000 + {{ (lead_time_cohort_starts().keys() | list).index(cohort) * 3000 }} + {{ dbt.datediff(lead_time_epoch(), start, 'month') }}
{%- endmacro -%}


{#- What the number of a cohort says. -#}
{%- macro vendor_number_of(cohort_id) -%}
    cast(floor({{ cohort_id }} / 10000) as bigint)
{%- endmacro -%}


{%- macro cohort_of(cohort_id) -%}
    case floor({{ cohort_id }} % 10000 / 3000)
        {%- for cohort in lead_time_cohort_starts() %}
        when {{ loop.index0 }} then '{{ cohort }}'
        {%- endfor %}
    end
{%- endmacro -%}


{%- macro cohort_start_of(cohort_id) -%}
    cast({{ dbt.dateadd('month', 'cast(' ~ cohort_id ~ ' % 10000 % 3000 as integer)', lead_time_epoch()) }} as date)
{%- endmacro -%}
