{#- The months of each vendor in which schedule lines and promise changes count. -#}
{%- macro vendor_months(schedule_lines, promise_changes) -%}
    {%- for date in ['first_promise_date', 'latest_promise_date', 'requested_date', 'lead_time_from'] %}
    select
        vendor_key,
        {{ month_of(date) }} as month
    from {{ schedule_lines }}
    where is_vendor_performance and {{ date }} is not null
    union
    {%- endfor %}
    select
        vendor_key,
        {{ month_of('coalesce(changed_at, landed_at)') }} as month
    from {{ promise_changes }}
    where is_vendor_performance
{%- endmacro -%}


{#- The lines that the counts of vendor-months are made of: all of them, or in an increment those of the months that are counted anew. -#}
{%- macro lines_to_count() -%}
    {{ runs_after('int_vendor_month__line_counted_anew') }}
    {%- if makes_all_orders() -%}
    {{ ref('fct_schedule_line') }}
    {%- else -%}
    {{ ref('int_vendor_month__line_counted_anew') }}
    {%- endif -%}
{%- endmacro -%}


{#- Whether one of these dates lies in one of the months whose bits (see `month_bit`) are given, or five years from it. -#}
{%- macro any_date_in_months(dates, month_bits) -%}
    {%- for date in dates -%}
    {{ ' or ' if not loop.first }}({{ month_bits }} & {{ month_bit(date) }}) <> 0
    {%- endfor -%}
{%- endmacro -%}


{#- Keeps the rows of the vendor-months that are counted anew; nothing in a build that makes all. -#}
{%- macro join_months_counted_anew(rows) -%}
    {{ runs_after('int_vendor_month__counted_anew') }}
    {%- if not makes_all_orders() -%}
    inner join {{ ref('int_vendor_month__counted_anew') }} as counted_anew
        on {{ rows }}.vendor_key = counted_anew.vendor_key and {{ rows }}.month = counted_anew.month
    {%- endif -%}
{%- endmacro -%}
