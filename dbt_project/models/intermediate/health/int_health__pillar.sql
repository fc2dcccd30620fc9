-- The pillars of each vendor's quarter: mean of the points of their KPIs, and how uncertain it is.
{{ config(materialized='ephemeral') }}

with kpis as (
    select * from {{ ref('vendor_quarter_kpi') }}
),

weights as (
    select * from {{ ref('seed_health_weight') }}
),

vendor_quarters as (
    select distinct
        vendor_key,
        vendor_name,
        category,
        quarter,
        score_version,
        is_headline
    from kpis
),

pillars as (
    select
        vendor_key,
        quarter,
        score_version,
        pillar,
        avg(score) as score,
        -- half the 80 % interval is 1.2816 standard deviations; KPIs are taken as independent
        sqrt(sum(power((coalesce(score_upper, score) - coalesce(score_lower, score)) / 2.5632, 2))) / count(*) as deviation,
        cast(count(*) as bigint) as kpis
    from kpis
    group by vendor_key, quarter, score_version, pillar
)

select
    vendor_quarters.vendor_key,
    vendor_quarters.vendor_name,
    vendor_quarters.category,
    vendor_quarters.quarter,
    vendor_quarters.score_version,
    vendor_quarters.is_headline,
    weights.pillar,
    weights.weight,
    pillars.score,
    pillars.deviation,
    coalesce(pillars.kpis, 0) as kpis
from vendor_quarters
inner join weights on vendor_quarters.score_version = weights.score_version
left join pillars
    on
        vendor_quarters.vendor_key = pillars.vendor_key
        and vendor_quarters.quarter = pillars.quarter
        and vendor_quarters.score_version = pillars.score_version
        and weights.pillar = pillars.pillar
