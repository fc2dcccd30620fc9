{{ config(materialized='ephemeral') }}

-- Criteria of pilots with their score from 0 to 1. A criterion that was not fixed when the pilot began is never scored: it could have
-- been chosen to fit what came out.
with pilots as (
    select * from {{ ref('int_crm__pilot') }}
),

criterion_versions as (
    select * from {{ ref('stg_salesforce__pilot_criterion') }}
),

criteria as (
    {{ newest_readable('criterion_versions', ['pilot_criterion_id']) }}
),

rating_versions as (
    select * from {{ ref('stg_salesforce__pilot_rating') }}
),

ratings as (
    {{ newest_readable('rating_versions', ['pilot_rating_id']) }}
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

-- the last rating of a rater counts; the rubric is 1 to 5
votes as (
    select
        *,
        row_number() over (
            partition by connection_id, pilot_criterion_id, coalesce(rater, pilot_rating_id)
            order by rated_at desc, pilot_rating_id desc
        ) as place
    from ratings
    where not _deleted and rating between 1 and 5
),

rated as (
    select
        connection_id,
        pilot_criterion_id,
        cast(count(*) as bigint) as raters,
        avg(cast(rating as double)) as rating_mean,
        cast(min(rating) as double) as rating_lowest,
        cast(max(rating) as double) as rating_highest,
        round(stddev_samp(cast(rating as double)), 9) as rating_spread
    from votes
    where place = 1
    group by connection_id, pilot_criterion_id
),

judged as (
    select
        criteria.*,
        pilots.account_id,
        pilots.start_date,
        lower(criteria.kind) as scoring,
        lower(criteria.direction) as sense,
        coalesce(rated.raters, 0) as raters,
        rated.rating_mean,
        rated.rating_lowest,
        rated.rating_highest,
        rated.rating_spread,
        settings.pilot_min_raters,
        (criteria.actual_value - criteria.baseline_value)
        / nullif(cast(criteria.target_value - criteria.baseline_value as double), 0) as way_to_target
    from criteria
    inner join pilots
        on criteria.connection_id = pilots.connection_id and criteria.pilot_id = pilots.pilot_id
    left join rated
        on
            criteria.connection_id = rated.connection_id
            and criteria.pilot_criterion_id = rated.pilot_criterion_id
    cross join settings
    where not criteria._deleted
),

stated as (
    select
        *,
        case
            when fixed_on is null then 'never_fixed'
            when fixed_on > start_date then 'fixed_after_start'
            when scoring = 'rated' and raters < pilot_min_raters then 'too_few_raters'
            when scoring = 'rated' then 'scored'
            when coalesce(scoring, '') <> 'measured' then 'unknown_kind'
            when target_value is null or coalesce(sense, '') not in ('higher', 'lower') then 'no_target'
            when sense = 'higher' and target_value < baseline_value then 'target_against_direction'
            when sense = 'lower' and target_value > baseline_value then 'target_against_direction'
            when actual_value is null then 'not_measured'
            else 'scored'
        end as score_state
    from judged
)

select
    connection_id,
    pilot_criterion_id,
    pilot_id,
    account_id,
    criterion_name,
    scoring,
    lower(dimension) as dimension,
    weight_pct,
    unit,
    sense as direction,
    baseline_value,
    target_value,
    actual_value,
    start_date,
    fixed_on,
    measured_on,
    raters,
    rating_mean,
    rating_lowest,
    rating_highest,
    rating_spread,
    score_state,
    -- the share of the way from the baseline to the target; all or nothing where there is no way to go
    case
        when score_state <> 'scored' then null
        when scoring = 'rated' then (rating_mean - 1) / 4
        when way_to_target is not null then greatest(least(way_to_target, 1), 0)
        when sense = 'higher' and actual_value >= target_value then 1
        when sense = 'lower' and actual_value <= target_value then 1
        else 0
    end as achievement
from stated
