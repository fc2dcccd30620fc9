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


{#- The vendor-months that this build must count anew, as a named query and the join to it; both empty in a build that makes all. -#}
{%- macro touched_months_query() -%}
    {{ runs_after('int_vendor_month__touched') }}{{ runs_after('fct_promise_change') }}
    {%- if not makes_all_orders() -%}
    touched_lines as (
        select * from {{ touched(ref('fct_schedule_line')) }}
    ),

    touched_changes as (
        select * from {{ touched(ref('fct_promise_change')) }}
    ),

    touched_months as (
        select
            vendor_key,
            month
        from {{ ref('int_vendor_month__touched') }}
        union
        {{ vendor_months('touched_lines', 'touched_changes') }}
    ),

    first_touched_month as (
        select min(month) as month
        from touched_months
    ),
    {%- endif -%}
{%- endmacro -%}


{#- Keeps what has one of its dates in the first of these months or later: a day touches few months of years, and leaving out the others
    by a comparison is cheaper than by a join. -#}
{%- macro since_first_touched_month(dates) -%}
    {%- if not makes_all_orders() -%}
    and greatest({{ dates | join(', ') }}) >= (select first_touched_month.month from first_touched_month)
    {%- endif -%}
{%- endmacro -%}


{%- macro join_touched_months(rows) -%}
    {%- if not makes_all_orders() -%}
    inner join touched_months
        on {{ rows }}.vendor_key = touched_months.vendor_key and {{ rows }}.month = touched_months.month
    {%- endif -%}
{%- endmacro -%}
