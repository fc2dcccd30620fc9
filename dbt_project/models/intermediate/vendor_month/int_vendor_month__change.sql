-- By how much this build changes int_vendor_month__count: what touched orders count now less what was taken down of them. A count that
-- stays as it was is here with 0, because its vendor may have another name. Kept until a build has ended: a killed one may have changed the
-- counts and not yet what is made of them. Empty in a build that makes all.
{{ runs_after('int_vendor_month__taken_down') }}{{ runs_after('fct_schedule_line') }}{{ runs_after('fct_promise_change') }}
{{- runs_after('int_kpi_setting') }}
{% if makes_all_orders() -%}
select
    {{ no_vendor_month_counts() }}
{%- else -%}
with schedule_lines as (
    select * from {{ touched(ref('fct_schedule_line')) }}
),

promise_changes as (
    select * from {{ touched(ref('fct_promise_change')) }}
),

changes as (
    {{ vendor_month_counts('schedule_lines', 'promise_changes') }}
    union all
    select
        vendor_key,
        month,
        measure,
        days,
        since_date,
        -lines as lines,
        -counted_lines as counted_lines
    from {{ ref('int_vendor_month__taken_down') }}
    where vendor_key is not null
    {%- if is_continued() and load_cached_relation(this) is not none %}
    union all
    select
        vendor_key,
        month,
        measure,
        days,
        since_date,
        0 as lines,
        0 as counted_lines
    from {{ this }}
    {%- endif %}
)

{{ added_up_counts('changes') }}
{%- endif %}
