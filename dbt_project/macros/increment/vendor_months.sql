{#- The months of each vendor in which schedule lines and promise changes count, and whether lead times begin in them. `taken_down` is a
    relation of such months that belong to them too. -#}
{%- macro vendor_months(schedule_lines, promise_changes, taken_down=none) -%}
    select
        vendor_key,
        month,
        max(begins_lead_times) as begins_lead_times
    from (
        {%- for date in ['first_promise_date', 'latest_promise_date', 'requested_date', 'lead_time_from'] %}
        select
            vendor_key,
            {{ month_of(date) }} as month,
            {{ 1 if date == 'lead_time_from' else 0 }} as begins_lead_times
        from {{ schedule_lines }}
        where is_vendor_performance and {{ date }} is not null
        union all
        {%- endfor %}
        select
            vendor_key,
            {{ month_of('coalesce(changed_at, landed_at)') }} as month,
            0 as begins_lead_times
        from {{ promise_changes }}
        where is_vendor_performance
        {%- if taken_down %}
        union all
        select
            vendor_key,
            month,
            begins_lead_times
        from {{ taken_down }}
        {%- endif %}
    ) as months
    group by vendor_key, month
{%- endmacro -%}


{#- The same columns without a row, for a build that makes all. -#}
{%- macro no_vendor_months() -%}
    select
        cast(null as string) as vendor_key,
        cast(null as date) as month,
        cast(null as integer) as begins_lead_times
    from {{ source('control', 'build') }}
    where false
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


{#- Keeps the rows of the vendor-months that are counted anew, or of those in which lead times begin; nothing in a build that makes all. -#}
{%- macro join_months_counted_anew(rows, begins_lead_times=false) -%}
    {{ runs_after('int_vendor_month__counted_anew') }}
    {%- if not makes_all_orders() -%}
    inner join {{ ref('int_vendor_month__counted_anew') }} as counted_anew
        on
            {{ rows }}.vendor_key = counted_anew.vendor_key
            and {{ rows }}.month = counted_anew.month
            {%- if begins_lead_times %}
            and counted_anew.begins_lead_times = 1
            {%- endif %}
    {%- endif -%}
{%- endmacro -%}
