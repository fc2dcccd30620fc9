-- The vendors as orders and early warnings show them since this build: the next one makes the orders anew of those that are called or
-- classified otherwise, and finds them here without reading all lines. Written after both, so that a killed build leaves what was shown
-- before it.
{{ runs_after('fct_schedule_line') }}{{ runs_after('int_early_warning__episode') }}
with vendors as (
    select * from {{ ref('dim_vendor') }}
)

select
    vendor_key,
    vendor_name,
    category,
    is_strategic
from vendors
