-- The months that the lines and promise moves of touched orders counted in when the last build ended. Taken down before those rows
-- change, and kept until a build has ended: afterwards nobody could tell which months they left.
{% if makes_all_orders() -%}
{{ no_vendor_months() }}
{%- else -%}
with schedule_lines as (
    select * from {{ touched(as_left_by_last_build('fct_schedule_line')) }}
),

promise_changes as (
    select * from {{ touched(as_left_by_last_build('fct_promise_change')) }}
)

{{ vendor_months('schedule_lines', 'promise_changes', this if is_continued() and load_cached_relation(this) is not none) }}
{%- endif %}
