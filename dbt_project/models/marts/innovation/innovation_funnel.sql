-- Proposals by the quarter of their submission with the stages they have reached by now: by vendor, and the ecosystem as a whole.
with proposals as (
    select * from {{ ref('fct_proposal') }}
    where quarter is not null and not is_repeat
),

quarters as (
    select * from {{ ref('int_ecosystem_quarter__quarter') }}
),

scoped as (
    select
        'vendor' as scope,
        proposals.vendor_key as party,
        proposals.*
    from proposals
    where proposals.vendor_key is not null
    union all
    select
        'ecosystem' as scope,
        'all' as party,
        proposals.*
    from proposals
),

counted as (
    select
        scope,
        party,
        quarter,
        {%- for stage in ['triaged', 'actionable', 'piloted', 'adopted', 'value_realised'] %}
        cast(sum(case when is_{{ stage }} then 1 else 0 end) as bigint) as {{ stage }},
        {%- endfor %}
        cast(sum(case when is_waiting then 1 else 0 end) as bigint) as waiting,
        {{ percentile('waiting_days', 0.5) }} as waiting_p50_days,
        {{ percentile('waiting_days', 0.9) }} as waiting_p90_days,
        cast(sum(case when is_feedback_in_time is not null then 1 else 0 end) as bigint) as feedback_decided,
        cast(sum(case when is_feedback_in_time then 1 else 0 end) as bigint) as feedback_in_time,
        cast(count(*) as bigint) as submitted
    from scoped
    group by scope, party, quarter
),

-- the ecosystem has a row for each quarter, also for those in which nobody submitted anything
with_empty_quarters as (
    select
        scope,
        party,
        quarter
    from counted
    where scope = 'vendor'
    union all
    select
        'ecosystem' as scope,
        'all' as party,
        quarter
    from quarters
),

filled as (
    select
        with_empty_quarters.scope,
        with_empty_quarters.party,
        with_empty_quarters.quarter,
        {%- for name in [
            'submitted', 'triaged', 'actionable', 'piloted', 'adopted', 'value_realised', 'waiting', 'feedback_decided', 'feedback_in_time',
        ] %}
        coalesce(counted.{{ name }}, 0) as {{ name }},
        {%- endfor %}
        counted.waiting_p50_days,
        counted.waiting_p90_days
    from with_empty_quarters
    left join counted
        on
            with_empty_quarters.scope = counted.scope
            and with_empty_quarters.party = counted.party
            and with_empty_quarters.quarter = counted.quarter
)

select
    scope,
    case when scope = 'vendor' then party end as vendor_key,
    quarter,
    submitted,
    {%- for stage in ['triaged', 'actionable', 'piloted', 'adopted', 'value_realised'] %}
    {{ stage }},
    {{ stage }} / nullif(cast(submitted as double), 0) as {{ stage }}_share,
    {{ wilson_lower(stage, 'submitted') }} as {{ stage }}_share_lower,
    {{ wilson_upper(stage, 'submitted') }} as {{ stage }}_share_upper,
    {%- endfor %}
    waiting,
    waiting_p50_days,
    waiting_p90_days,
    feedback_in_time / nullif(cast(feedback_decided as double), 0) as feedback_in_time,
    feedback_decided as feedback_in_time_n,
    {{ wilson_lower('feedback_in_time', 'feedback_decided') }} as feedback_in_time_lower,
    {{ wilson_upper('feedback_in_time', 'feedback_decided') }} as feedback_in_time_upper
from filled
