{% set months_before = 12 -%}

-- The events around each episode, from a year before it is likely to have begun: what its figures, its evidence and its chart are made of.
with episodes as (
    select * from {{ ref('int_vendor_warning__episode') }}
),

events as (
    select
        'delivery_slip' as rule_id,
        vendor_key,
        known_date,
        last_known_date,
        'purchase_order' as document_kind,
        purchase_order as document,
        cast(null as string) as item,
        bad,
        amount,
        amount as voices,
        bad as counted_bad,
        amount as counted,
        order_bucket,
        first_promise_date
    from {{ ref('int_vendor_warning__delivery_event') }}
    union all
    select
        rule_id,
        vendor_key,
        known_date,
        known_date as last_known_date,
        document_kind,
        document,
        item,
        bad,
        amount,
        voices,
        -- a lot counts as one, whatever is in it: units of large and small lots do not add up
        case when rule_id <> 'quality_dip' then bad when bad > 0 then 1 else 0 end as counted_bad,
        case when rule_id <> 'quality_dip' then amount else 1 end as counted,
        cast(null as bigint) as order_bucket,
        cast(null as date) as first_promise_date
    from {{ ref('int_vendor_warning__event') }}
)

select
    episodes.rule_id,
    episodes.vendor_key,
    episodes.opened_date,
    events.known_date,
    -- what was found late after a while spoke on that day too
    events.last_known_date >= episodes.since_date as is_since,
    events.document_kind,
    events.document,
    events.item,
    events.bad,
    events.amount,
    events.voices,
    events.counted_bad,
    events.counted,
    events.order_bucket,
    events.first_promise_date
from episodes
inner join events
    on
        episodes.rule_id = events.rule_id
        and episodes.vendor_key = events.vendor_key
        and {{ add_days(dbt.dateadd('month', '-' ~ months_before, month_of('episodes.since_date')), 0) }} <= events.known_date
        and coalesce(episodes.cleared_date, date '9999-12-31') >= events.known_date
where events.amount > 0
