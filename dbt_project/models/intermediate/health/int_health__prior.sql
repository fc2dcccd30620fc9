-- What a vendor's category says before the vendor does: mean and strength by the method of moments, from the category's vendors of
-- the quarter, or from all vendors where the category has fewer than three.
{{ config(materialized='ephemeral') }}

with counts as (
    select * from {{ ref('int_health__count') }}
),

anchors as (
    select distinct
        metric_id,
        measure
    from {{ ref('seed_health_anchor') }}
    where measure in ('rate', 'events')
),

scoped as (
    select
        counts.quarter,
        counts.metric_id,
        anchors.measure,
        counts.category,
        counts.part,
        counts.whole,
        count(*) over (partition by counts.quarter, counts.metric_id, counts.category) as vendors_in_category
    from counts
    inner join anchors on counts.metric_id = anchors.metric_id
),

pools as (
    select
        quarter,
        metric_id,
        measure,
        category as pool,
        part,
        whole
    from scoped
    where vendors_in_category >= 3
    union all
    select
        quarter,
        metric_id,
        measure,
        '*' as pool,
        part,
        whole
    from scoped
),

means as (
    select
        *,
        count(*) over (partition by quarter, metric_id, pool) as vendors,
        sum(whole) over (partition by quarter, metric_id, pool) as pool_whole,
        sum(part) over (partition by quarter, metric_id, pool)
        / sum(whole) over (partition by quarter, metric_id, pool) as mean
    from pools
),

moments as (
    select
        quarter,
        metric_id,
        measure,
        pool,
        max(vendors) as vendors,
        max(mean) as mean,
        max(pool_whole) as pool_whole,
        max(pool_whole) - sum(whole * whole) / max(pool_whole) as spread_whole,
        sum(whole * power(part / whole - mean, 2)) as dispersion
    from means
    group by quarter, metric_id, measure, pool
),

-- variance between vendors beyond what chance gives; the unit of ppm events is a millionth
between_vendors as (
    select
        *,
        case measure
            when 'rate' then mean * (1 - mean)
            when 'events' then mean * case metric_id when 'defect_ppm' then 1000000 else 1 end
        end as chance
    from moments
)

select
    quarter,
    metric_id,
    pool,
    vendors,
    round(mean, 9) as mean,
    -- a strength of one to a hundred observations (of a hundredth to ten means of the pool's size): no vendor is lost in its category
    round(
        case measure
            when 'rate'
                then
                    least(
                        greatest(
                            case
                                when spread_whole - (vendors - 1) > 0 and dispersion > (vendors - 1) * chance
                                    then chance * (spread_whole - (vendors - 1)) / (dispersion - (vendors - 1) * chance) - 1
                                else 100
                            end,
                            1
                        ),
                        100
                    )
            else least(
                greatest(
                    case
                        when spread_whole > 0 and dispersion > (vendors - 1) * chance
                            then chance * spread_whole / (dispersion - (vendors - 1) * chance)
                        else 10 * pool_whole / vendors
                    end,
                    0.1 * pool_whole / vendors
                ),
                10 * pool_whole / vendors
            )
        end,
        6
    ) as strength
from between_vendors
