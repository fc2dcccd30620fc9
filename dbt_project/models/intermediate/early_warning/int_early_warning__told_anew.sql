-- The orders whose warnings this build must tell anew: touched ones, those with a line whose days, chance or stock are others than were
-- told, all of a connection that is muted otherwise than its warnings say, and all of one whose confirmations are known from now on. Empty
-- in a build that makes all orders.
{{ runs_after('int_erp__touched_order') }}{{ runs_after('int_early_warning__episode') }}{{ runs_after('int_early_warning__stale_feed') }}
{{ runs_after('int_early_warning__confirmation_feed') }}{{ runs_after('int_early_warning__likely_late') }}
{{ runs_after('int_early_warning__cover') }}{{ runs_after('dim_vendor') }}
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

confirmation_feeds as (
    select * from {{ ref('int_early_warning__confirmation_feed') }}
),

likely_late as (
    select * from {{ ref('int_early_warning__likely_late') }}
),

covers as (
    select * from {{ ref('int_early_warning__cover') }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

short_lines as (
    select * from {{ ref('int_early_warning__cover') }}
    where stock_verdict = 'short'
),

-- Long tables are read once for each filter: DuckDB keeps in memory what two queries read, without the filter of either.
-- What nobody ended counts a day more every day; what was too small to be told is left out as in early_warning
counting as (
    select
        ongoing.*,
        greatest(coalesce(ongoing.ended_days, 0), {{ days_between('ongoing.counts_since', as_of_date()) }}) as days
    from {{ ref('int_early_warning__episode') }} as ongoing
    left join short_lines
        on {{ same_key('ongoing', 'short_lines', line_episode_key()) }}
    where
        ongoing.counts_since is not null
        and ongoing.started_at < {{ as_of() }}
        and (
            ongoing.is_strategic
            or ongoing.value_at_start is null
            or ongoing.value_at_start >= ongoing.min_open_value
            or short_lines.order_bucket is not null
        )
),

-- without confirmations that could be missing nothing was told
known_counting as (
    select counting.*
    from counting
    left join confirmation_feeds on counting.connection_id = confirmation_feeds.connection_id
    where counting.rule_id <> 'no_confirmation' or confirmation_feeds.connection_id is not null
),

told_as_active as (
    select
        *,
        coalesce(waiting_days, days_late) as days
    from {{ as_left_by_last_build('early_warning') }}
    where signal_state = 'active'
),

connections_told_anew as (
    {{ connections_muted_otherwise('stale_feeds', 'vendors') }}
    union
    select connection_id from confirmation_feeds
    where is_new
)

select order_bucket from {{ ref('int_erp__touched_order') }}
union
select known_counting.order_bucket
from known_counting
left join told_as_active
    on
        {{ same_key('known_counting', 'told_as_active', ['order_bucket', 'purchase_order_line', 'schedule_line', 'rule_id', 'days']) }}
where told_as_active.order_bucket is null
union
{{ orders_of_other_chance('likely_late') }}
union
{{ orders_of_other_stock('covers') }}
{%- for part in ['episodes', 'likely_late'] %}
union
select order_bucket from {{ part }}
where connection_id in (select connections_told_anew.connection_id from connections_told_anew)
{%- endfor %}
{%- endif %}
