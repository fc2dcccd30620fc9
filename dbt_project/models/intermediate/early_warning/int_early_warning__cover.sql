{% set episode_key = ['order_bucket', 'purchase_order_line', 'schedule_line', 'rule_id', 'started_at'] -%}
{% set of_episodes = 'episodes.' ~ episode_key | join(', episodes.') -%}
-- What stock says about the lines warned about, day by day while their warning held: short where it is out before the line can come, with
-- the slip that the rule asks about, and ample where it lasts so much longer. A line that was short once stays so, and a warning does not
-- vanish when stock comes from elsewhere; whether it is ample says the newest reading, unless that is stale. Unknown cover is no row.
with episodes as (
    {%- for part in ['episode', 'likely_late'] %}
    select
        {{ episode_key | join(',\n        ') }},
        connection_id,
        material,
        plant,
        cleared_at,
        latest_promise_date,
        cover_slip_days,
        ample_cover_days
    from {{ ref('int_early_warning__' ~ part) }}
    -- what goes straight to a client never comes to our stock
    where material is not null and coalesce(item_category, '') <> '5' and started_at < {{ as_of() }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

cover_days as (
    select * from {{ ref('int_stock__cover_day') }}
),

stale_feeds as (
    select * from {{ source('control', 'feed') }}
    where entity = 'material_stock' and is_stale
),

compared as (
    select
        episodes.*,
        cover_days.stock_date,
        cover_days.cover_days,
        cover_days.stock_out_date,
        max(cover_days.stock_date) over (partition by {{ of_episodes }}) as newest_stock_date
    from episodes
    inner join cover_days
        on
            {{ same_key('episodes', 'cover_days', ['connection_id', 'material', 'plant']) }}
            and cast(episodes.started_at as date) <= cover_days.stock_date
            and (episodes.cleared_at is null or cover_days.stock_date <= cast(episodes.cleared_at as date))
),

-- what is promised for a day that has passed can come tomorrow at the earliest
needed as (
    select
        *,
        greatest(
            {{ add_days('latest_promise_date', 'cover_slip_days') }}, {{ add_days('stock_date', 'cover_slip_days + 1') }}
        ) as needed_until
    from compared
),

judged as (
    select
        *,
        coalesce(stock_out_date < needed_until, false) as is_short,
        (stock_out_date is null or stock_out_date >= {{ add_days('needed_until', 'ample_cover_days') }})
        and connection_id not in (select stale_feeds.connection_id from stale_feeds) as is_ample
    from needed
)

select
    {{ episode_key | join(',\n    ') }},
    max(case when stock_date = newest_stock_date then stock_date end) as stock_date,
    max(case when stock_date = newest_stock_date then cover_days end) as cover_days,
    case
        when max(case when is_short then 1 else 0 end) = 1 then 'short'
        when max(case when stock_date = newest_stock_date and is_ample then 1 else 0 end) = 1 then 'ample'
        else 'enough'
    end as stock_verdict
from judged
group by {{ episode_key | join(', ') }}
