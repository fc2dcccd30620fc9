-- What a pilot showed: how fast the vendor answers, measured criteria by weight, rated dimensions with their spread, and what was learned.
with pilots as (
    select * from {{ ref('fct_pilot') }}
),

criteria as (
    select
        *,
        score_state in ('never_fixed', 'fixed_after_start') as is_refused,
        score_state = 'scored' as is_scored
    from {{ ref('fct_pilot_criterion') }}
),

requests as (
    select * from {{ ref('int_erp__request_for_quotation') }}
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

-- how fast the vendor answered before and during the pilot; the silent ones stay, or silence would look fast
asked as (
    select
        pilots.pilot_key,
        requests.response_days as duration,
        case when requests.is_answered then 1 else 0 end as is_event,
        requests.is_answered_in_time
    from pilots
    cross join settings
    inner join requests
        on
            pilots.vendor_key = requests.vendor_key
            and requests.published_date <= coalesce(pilots.end_date, {{ as_of_date() }})
            and requests.published_date
            > {{ add_days('coalesce(pilots.end_date, ' ~ as_of_date() ~ ')', '-settings.rfq_window_days') }}
),

answered as (
    {{ kaplan_meier('asked', ['pilot_key'], [0.5]) }}
),

in_time as (
    select
        pilot_key,
        cast(count(is_answered_in_time) as bigint) as decided,
        cast(sum(case when is_answered_in_time then 1 else 0 end) as bigint) as answered_in_time
    from asked
    group by pilot_key
),

scored as (
    select
        pilot_key,
        cast(count(*) as bigint) as criteria,
        cast(sum(case when is_refused then 1 else 0 end) as bigint) as criteria_refused,
        cast(sum(case when is_scored then 1 else 0 end) as bigint) as criteria_scored,
        cast(sum(case when is_scored and scoring = 'measured' then 1 else 0 end) as bigint) as measured_achievement_n,
        round(
            sum(case when is_scored and scoring = 'measured' then weight * achievement end)
            / nullif(sum(case when is_scored and scoring = 'measured' then weight end), 0),
            9
        ) as measured_achievement,
        {%- for dimension in ['creativity', 'alignment'] %}
        round(avg(case when is_scored and scoring = 'rated' and dimension = '{{ dimension }}' then rating_mean end), 9) as {{ dimension }},
        cast(min(case when scoring = 'rated' and dimension = '{{ dimension }}' and not is_refused then raters end) as bigint)
            as {{ dimension }}_n,
        min(case when is_scored and scoring = 'rated' and dimension = '{{ dimension }}' then rating_lowest end) as {{ dimension }}_lowest,
        max(case when is_scored and scoring = 'rated' and dimension = '{{ dimension }}' then rating_highest end) as {{ dimension }}_highest,
        max(case when is_scored and scoring = 'rated' and dimension = '{{ dimension }}' then rating_spread end) as {{ dimension }}_spread,
        {%- endfor %}
        round(sum(case when is_scored then weight * achievement end) / nullif(sum(case when is_scored then weight end), 0), 9) as score,
        round(
            coalesce(sum(case when is_scored then weight end), 0) / nullif(sum(case when not is_refused then weight end), 0), 9
        ) as score_coverage
    from criteria
    group by pilot_key
)

select
    pilots.pilot_key,
    pilots.pilot,
    pilots.vendor_key,
    pilots.proposal_key,
    pilots.title,
    pilots.goal,
    pilots.status,
    pilots.start_date,
    pilots.end_date,
    pilots.outcome,
    cast(answered.p50 as double) as rfq_response_p50_days,
    coalesce(answered.n, 0) as rfq_response_p50_days_n,
    in_time.answered_in_time / nullif(cast(in_time.decided as double), 0) as rfq_in_time,
    coalesce(in_time.decided, 0) as rfq_in_time_n,
    {{ wilson_lower('in_time.answered_in_time', 'in_time.decided') }} as rfq_in_time_lower,
    {{ wilson_upper('in_time.answered_in_time', 'in_time.decided') }} as rfq_in_time_upper,
    coalesce(scored.criteria, 0) as criteria,
    coalesce(scored.criteria_refused, 0) as criteria_refused,
    coalesce(scored.criteria_scored, 0) as criteria_scored,
    scored.measured_achievement,
    coalesce(scored.measured_achievement_n, 0) as measured_achievement_n,
    {%- for dimension in ['creativity', 'alignment'] %}
    scored.{{ dimension }},
    coalesce(scored.{{ dimension }}_n, 0) as {{ dimension }}_n,
    scored.{{ dimension }}_lowest,
    scored.{{ dimension }}_highest,
    scored.{{ dimension }}_spread,
    {%- endfor %}
    scored.score_coverage,
    case when scored.score_coverage >= settings.pilot_min_coverage then scored.score end as score,
    case
        when pilots.status = 'Planned' then 'not_started'
        when coalesce(scored.criteria, 0) - coalesce(scored.criteria_refused, 0) = 0 then 'no_criteria'
        when scored.score_coverage >= settings.pilot_min_coverage then 'scored'
        else 'insufficient'
    end as score_state,
    pilots.lesson_learned,
    pilots.is_lesson_missing
from pilots
cross join settings
left join scored on pilots.pilot_key = scored.pilot_key
left join answered on pilots.pilot_key = answered.pilot_key
left join in_time on pilots.pilot_key = in_time.pilot_key
