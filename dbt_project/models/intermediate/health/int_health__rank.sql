-- Where each vendor stands among the scored ones of a quarter, with the weights as they are and with each of them a fifth up or down.
{{ config(materialized='ephemeral') }}

with pillars as (
    select * from {{ ref('int_health__pillar') }}
),

variants as (
    select
        '' as pillar,
        cast(1 as double) as factor
    {% for pillar in health_pillars() -%}
    union all
    select
        '{{ pillar }}' as pillar,
        cast(0.8 as double) as factor
    union all
    select
        '{{ pillar }}' as pillar,
        cast(1.2 as double) as factor
    {% endfor %}
),

weighted as (
    select
        pillars.vendor_key,
        pillars.quarter,
        pillars.score_version,
        pillars.score,
        pillars.deviation,
        pillars.weight as base_weight,
        variants.pillar as varied_pillar,
        variants.factor,
        pillars.weight * case when variants.pillar = pillars.pillar then variants.factor else 1 end as weight
    from pillars
    cross join variants
),

-- a score of nothing would be the logarithm of zero: the least is one point
scores as (
    select
        vendor_key,
        quarter,
        score_version,
        varied_pillar,
        factor,
        round(
            exp(
                sum(case when score is not null then weight * ln(greatest(score, 1)) end)
                / sum(case when score is not null then weight end)
            ),
            6
        ) as score,
        sqrt(sum(case when score is not null then power(weight * deviation / greatest(score, 1), 2) end))
        / sum(case when score is not null then weight end) as relative_deviation,
        round(sum(case when score is not null then base_weight else 0 end) / sum(base_weight), 9) as coverage
    from weighted
    group by vendor_key, quarter, score_version, varied_pillar, factor
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

ranked as (
    select
        scores.*,
        scores.coverage >= settings.health_min_coverage as is_scored,
        rank() over (
            partition by
                scores.quarter, scores.score_version, scores.varied_pillar, scores.factor,
                scores.coverage >= settings.health_min_coverage
            order by scores.score desc
        ) as place
    from scores
    cross join settings
)

select
    vendor_key,
    quarter,
    score_version,
    max(coverage) as coverage,
    max(case when is_scored then 1 else 0 end) = 1 as is_scored,
    max(case when varied_pillar = '' then score end) as score,
    max(case when varied_pillar = '' then relative_deviation end) as relative_deviation,
    max(case when varied_pillar = '' then place end) as place,
    min(place) as best_place,
    max(place) as worst_place
from ranked
group by vendor_key, quarter, score_version
