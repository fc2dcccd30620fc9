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


{#- Keeps what has one of its dates in the first month that is counted anew or later: a day touches few months of years, and leaving out
    the others by a comparison is cheaper than by a join. Nothing in a build that makes all. -#}
{%- macro since_first_month_counted_anew(dates) -%}
    {{ runs_after('int_vendor_month__counted_anew') }}
    {%- if not makes_all_orders() -%}
    and greatest({{ dates | join(', ') }}) >= (select min(counted_anew.month) from {{ ref('int_vendor_month__counted_anew') }} as counted_anew)
    {%- endif -%}
{%- endmacro -%}


{#- Keeps the rows of the vendor-months that are counted anew; nothing in a build that makes all. -#}
{%- macro join_months_counted_anew(rows) -%}
    {%- if not makes_all_orders() -%}
    inner join {{ ref('int_vendor_month__counted_anew') }} as counted_anew
        on {{ rows }}.vendor_key = counted_anew.vendor_key and {{ rows }}.month = counted_anew.month
    {%- endif -%}
{%- endmacro -%}
