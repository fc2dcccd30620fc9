{#- A figure of vendor_months over the twelve months that ended a quarter before each month; 0 without any. By the month's number, because a
    month without anything known of anybody is no row. -#}
{%- macro of_past_year(figure) -%}
    coalesce(
        {{ exact_sum('vendor_months.' ~ figure, over='
            partition by vendor_months.rule_id, vendor_months.vendor_key
            order by vendor_months.months_known
            range between 15 preceding and 4 preceding
        ') }}, 0
    )
{%- endmacro -%}
