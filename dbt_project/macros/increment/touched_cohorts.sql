{#- Keeps the vendors with a cohort that this build must estimate anew; nothing in a build that makes all. -#}
{%- macro and_vendor_is_touched() -%}
    {%- if not makes_all_orders() -%}
    and vendor_key in (select touched_cohorts.vendor_key from {{ ref('int_lead_time__touched') }} as touched_cohorts)
    {%- endif -%}
{%- endmacro -%}


{#- Keeps the cohorts of a kind that this build must estimate anew; nothing in a build that makes all. -#}
{%- macro where_cohort_is_touched(cohort, start) -%}
    {%- if not makes_all_orders() -%}
    where
        {{ lead_time_cohort('vendor_number', cohort, start) }} in (
            select {{ lead_time_cohort('vendors.vendor_number', cohort, 'touched_cohorts.cohort_start') }}
            from {{ ref('int_lead_time__touched') }} as touched_cohorts
            inner join vendors on touched_cohorts.vendor_key = vendors.vendor_key
            where touched_cohorts.cohort = '{{ cohort }}'
        )
    {%- endif -%}
{%- endmacro -%}
