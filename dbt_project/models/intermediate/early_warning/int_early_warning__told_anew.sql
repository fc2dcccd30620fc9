-- The orders whose warnings this build must tell anew: touched ones, those with a line whose days late are others than were told, and
-- all of a connection that is muted otherwise than its warnings say. Empty in a build that makes all orders.
{{ runs_after('int_erp__touched_order') }}{{ runs_after('int_early_warning__episode') }}{{ runs_after('int_early_warning__stale_feed') }}
{{ runs_after('dim_vendor') }}
{% if makes_all_orders() -%}
select cast(null as bigint) as order_bucket
from {{ source('control', 'build') }}
where false
{%- else -%}
with episodes as (
    select * from {{ ref('int_early_warning__episode') }}
),

stale_feeds as (
    select * from {{ ref('int_early_warning__stale_feed') }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

-- Long tables are read once for each filter: DuckDB keeps in memory what two queries read, without the filter of either.
-- What nobody ended counts a day more every day; what was too small to be told is left out as in early_warning
counting as (
    select
        *,
        greatest(coalesce(ended_days_late, 0), {{ days_between('counts_since', as_of_date()) }}) as days_late
    from {{ ref('int_early_warning__episode') }}
    where
        counts_since is not null
        and started_at < {{ as_of() }}
        and (is_strategic or value_at_start is null or value_at_start >= min_open_value)
),

told_as_active as (
    select * from {{ as_left_by_last_build('early_warning') }}
    where signal_state = 'active'
),

told_as_muted as (
    select distinct
        vendor_key,
        mute_reason
    from {{ as_left_by_last_build('early_warning') }}
    where mute_reason is not null
),

muted_now as (
    select
        vendors.vendor_key,
        stale_feeds.connection_id,
        stale_feeds.mute_reason
    from stale_feeds
    inner join vendors on stale_feeds.connection_id = vendors.connection_id
),

muted_otherwise as (
    select vendors.connection_id
    from told_as_muted
    inner join vendors on told_as_muted.vendor_key = vendors.vendor_key
    left join stale_feeds on vendors.connection_id = stale_feeds.connection_id
    where {{ differs('told_as_muted.mute_reason', 'stale_feeds.mute_reason') }}
    union
    select muted_now.connection_id
    from {{ as_left_by_last_build('early_warning') }} as told
    inner join muted_now on told.vendor_key = muted_now.vendor_key
    where told.mute_reason is null
)

select order_bucket from {{ ref('int_erp__touched_order') }}
union
select counting.order_bucket
from counting
left join told_as_active
    on
        {{ same_key('counting', 'told_as_active', ['order_bucket', 'purchase_order_line', 'schedule_line', 'rule_id']) }}
        and counting.days_late = told_as_active.days_late
where told_as_active.order_bucket is null
union
select order_bucket from episodes
where connection_id in (select muted_otherwise.connection_id from muted_otherwise)
{%- endif %}
