-- The vendor-months that this build counts anew: those that lines and promise moves of touched orders counted in when the last build
-- ended, and those that they count in now. Empty in a build that makes all.
{{ runs_after('int_vendor_month__touched') }}{{ runs_after('fct_schedule_line') }}{{ runs_after('fct_promise_change') }}
{% if makes_all_orders() -%}
{{ no_vendor_months() }}
{%- else -%}
with schedule_lines as (
    select * from {{ touched(ref('fct_schedule_line')) }}
),

promise_changes as (
    select * from {{ touched(ref('fct_promise_change')) }}
)

{{ vendor_months('schedule_lines', 'promise_changes', ref('int_vendor_month__touched')) }}
{%- endif %}
