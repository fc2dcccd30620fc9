with counts as (
    select * from {{ ref('int_health__count') }}
),

priors as (
    select * from {{ ref('int_health__prior') }}
),

versions as (
    select * from {{ ref('int_health__version') }}
),

anchors as (
    select * from {{ ref('seed_health_anchor') }}
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

anchored as (
    select
        counts.*,
        vendors.vendor_name,
        versions.score_version,
        versions.is_headline,
        anchors.pillar,
        anchors.measure,
        anchors.unit,
        anchors.floor_value,
        anchors.target_value,
        anchors.stretch_value,
        case when anchors.unit = 'ppm' then 1000000 else 1 end as scale,
        coalesce(of_category.mean, of_all.mean) as prior_mean,
        coalesce(of_category.strength, of_all.strength) as prior_strength,
        counts.part / counts.whole as value
    from counts
    cross join settings
    inner join vendors on counts.vendor_key = vendors.vendor_key
    inner join versions on counts.quarter = versions.quarter
    inner join anchors
        on counts.metric_id = anchors.metric_id and versions.score_version = anchors.score_version
    left join priors as of_category
        on
            counts.quarter = of_category.quarter
            and counts.metric_id = of_category.metric_id
            and counts.category = of_category.pool
    left join priors as of_all
        on counts.quarter = of_all.quarter and counts.metric_id = of_all.metric_id and of_all.pool = '*'
    where anchors.measure <> 'nps' or counts.n >= settings.nps_min_respondents
),

-- a share or a rate moves toward its category as far as few observations say little
shrunk as (
    select
        *,
        case
            when measure in ('rate', 'events') then (part + prior_strength * prior_mean) / (whole + prior_strength)
            else value
        end as shrunk_value,
        (part + prior_strength * prior_mean) / scale as posterior_part,
        whole + prior_strength as posterior_whole,
        1.2816 / 1.96 * {{ nps_margin('(decided + part / 100) / 2', '(decided - part / 100) / 2', 'whole') }} as points_margin
    from anchored
),

bounded as (
    select
        *,
        case measure
            when 'rate' then least(greatest({{ share_bound_80('posterior_part', 'posterior_whole', -1) }}, 0), shrunk_value)
            when 'events' then least(scale * {{ rate_bound_80('(posterior_part + 0.5)', 'posterior_whole', -1) }}, shrunk_value)
            when 'nps' then greatest(value - points_margin, -100)
        end as lower_bound,
        case measure
            when 'rate' then greatest(least({{ share_bound_80('posterior_part', 'posterior_whole', 1) }}, 1), shrunk_value)
            when 'events' then scale * {{ rate_bound_80('(posterior_part + 0.5)', 'posterior_whole', 1) }}
            when 'nps' then least(value + points_margin, 100)
        end as upper_bound
    from shrunk
),

scored as (
    select
        *,
        {{ health_points('shrunk_value') }} as points,
        {{ health_points('lower_bound') }} as points_at_lower,
        {{ health_points('upper_bound') }} as points_at_upper
    from bounded
)

-- sums of doubles differ in their last digits from run to run
select
    vendor_key,
    vendor_name,
    category,
    quarter,
    score_version,
    is_headline,
    pillar,
    metric_id,
    unit,
    round(value, 9) as value,
    n as value_n,
    round(shrunk_value, 9) as shrunk_value,
    round(lower_bound, 9) as shrunk_value_lower,
    round(upper_bound, 9) as shrunk_value_upper,
    case when measure in ('rate', 'events') then round(prior_mean, 9) end as prior_mean,
    case when measure in ('rate', 'events') then round(prior_strength, 6) end as prior_strength,
    floor_value,
    target_value,
    stretch_value,
    round(points, 6) as score,
    round(least(points_at_lower, points_at_upper), 6) as score_lower,
    round(greatest(points_at_lower, points_at_upper), 6) as score_upper
from scored
