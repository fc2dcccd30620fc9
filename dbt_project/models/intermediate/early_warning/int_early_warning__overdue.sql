{{ config(materialized='view') }}
{% set key = 'order_bucket, purchase_order_line, schedule_line' -%}
{% set line_key = ['order_bucket', 'purchase_order_line', 'schedule_line'] -%}

-- Episodes in which the promise that held, plus grace, had passed and the line was not in full. A receipt counts on the day the goods
-- came: one that is recorded late takes back an episode that never was. A new date that has passed too continues the episode. What
-- nobody ended counts its days from counts_since, and is told even when it lies ahead: nothing in it moves with the clock.
with promise_versions as (
    select * from {{ ref('int_early_warning__promise') }}
    -- goods came in a unit that cannot be counted: whether the line is late is unknown
    where not has_receipt_in_other_unit
),

threshold as (
    {{ valid_threshold('overdue') }}
),

-- promises are numbered without gaps: few lines have a second one, so finding it is cheaper than putting all of them in order
replacements as (
    select * from promise_versions
    where promise_number > 1
),

spans as (
    select
        promise_versions.order_bucket,
        promise_versions.purchase_order_line,
        promise_versions.schedule_line,
        promise_versions.promise_number,
        promise_versions.promise_date,
        promise_versions.previous_promise_date,
        promise_versions.ordered_at,
        promise_versions.first_landed_at,
        promise_versions.ended_at,
        promise_versions.end_reason,
        case when promise_versions.end_reason = 'delivered' then promise_versions.in_full_date end as in_full_date,
        case
            when promise_versions.ended_at is null or replacements.ordered_at < promise_versions.ended_at then replacements.ordered_at
        end as replaced_at,
        cast({{ add_days('promise_versions.promise_date', 'threshold.grace_days + 1') }} as timestamp) as late_from
    from promise_versions
    left join replacements
        on
            {{ same_key('promise_versions', 'replacements', line_key) }}
            and promise_versions.promise_number + 1 = replacements.promise_number
    cross join threshold
    where
        promise_versions.ended_at is null
        or promise_versions.promise_number = 1
        or promise_versions.ordered_at < promise_versions.ended_at
),

judged as (
    select
        *,
        case when promise_number = 1 then late_from else greatest(late_from, ordered_at) end as late_since,
        coalesce(replaced_at, ended_at) as late_until,
        case
            when replaced_at is not null then 're_promised'
            else end_reason
        end as late_end_reason,
        case
            when replaced_at is null and in_full_date is not null then in_full_date
            else cast(coalesce(replaced_at, ended_at) as date)
        end as late_until_date
    from spans
),

late_spans as (
    select
        *,
        late_from <= ordered_at
        and lag(promise_number) over (partition by {{ key }} order by promise_number) = promise_number - 1 as is_continued
    from judged
    where
        (late_until is null or late_since < late_until)
        and (in_full_date is null or cast(late_since as date) <= in_full_date)
),

numbered as (
    select
        *,
        sum(case when is_continued then 0 else 1 end) over (partition by {{ key }} order by promise_number) as episode_number
    from late_spans
),

episodes as (
    select
        {{ key }},
        episode_number,
        min(late_since) as started_at,
        max(promise_number) as last_promise_number,
        max({{ days_between('promise_date', 'late_until_date') }}) as days_late,
        max(case when late_until_date is null then promise_date end) as counts_since
    from numbered
    group by {{ key }}, episode_number
)

select
    episodes.order_bucket,
    episodes.purchase_order_line,
    episodes.schedule_line,
    episodes.started_at,
    last_spans.late_until as cleared_at,
    last_spans.late_end_reason as clear_reason,
    last_spans.previous_promise_date,
    last_spans.promise_date as latest_promise_date,
    episodes.days_late,
    episodes.counts_since
from episodes
inner join numbered as last_spans
    on
        {{ same_key('episodes', 'last_spans', line_key) }}
        and episodes.last_promise_number = last_spans.promise_number
-- what ended before we first saw the line is history and was never ours to warn about
where last_spans.late_until is null or last_spans.late_until > last_spans.first_landed_at
