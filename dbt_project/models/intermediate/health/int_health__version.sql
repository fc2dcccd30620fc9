-- The versions of the score that a quarter can be read in: the one that was valid when it began, and those that came later.
{{ config(materialized='ephemeral') }}

with anchors as (
    select * from {{ ref('seed_health_anchor') }}
    where valid_from <= {{ as_of_date() }}
),

quarters as (
    select distinct quarter
    from {{ ref('int_health__count') }}
),

versions as (
    select
        score_version,
        max(valid_from) as valid_from
    from anchors
    group by score_version
),

-- quarters before the first version are read in it
headline as (
    select
        quarters.quarter,
        coalesce(
            max(case when versions.valid_from <= quarters.quarter then versions.valid_from end),
            min(versions.valid_from)
        ) as valid_from
    from quarters
    cross join versions
    group by quarters.quarter
)

select
    headline.quarter,
    versions.score_version,
    versions.valid_from = headline.valid_from as is_headline
from headline
inner join versions on headline.valid_from <= versions.valid_from
