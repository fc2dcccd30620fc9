with pillars as (
    select * from {{ ref('int_health__pillar') }}
),

ranks as (
    select * from {{ ref('int_health__rank') }}
),

wide as (
    select
        vendor_key,
        vendor_name,
        category,
        quarter,
        score_version,
        is_headline,
        {%- for pillar in health_pillars() %}
        max(case when pillar = '{{ pillar }}' then score end) as {{ pillar }}_score,
        max(case when pillar = '{{ pillar }}' then kpis end) as {{ pillar }}_score_n,
        max(case when pillar = '{{ pillar }}' then weight end) as {{ pillar }}_weight,
        {%- endfor %}
        cast(sum(kpis) as bigint) as score_n
    from pillars
    group by vendor_key, vendor_name, category, quarter, score_version, is_headline
)

select
    wide.vendor_key,
    wide.vendor_name,
    wide.category,
    wide.quarter,
    wide.score_version,
    wide.is_headline,
    cast({{ dbt.dateadd('month', 3, 'wide.quarter') }} as date) <= {{ as_of_date() }} as is_over,
    case when ranks.is_scored then ranks.score end as score,
    wide.score_n,
    case
        when ranks.is_scored then round(greatest(ranks.score * exp(-1.2816 * ranks.relative_deviation), 0), 6)
    end as score_lower,
    case
        when ranks.is_scored then round(least(ranks.score * exp(1.2816 * ranks.relative_deviation), 100), 6)
    end as score_upper,
    ranks.coverage,
    case
        when not ranks.is_scored
            then
                'covers ' || cast(cast(round(100 * ranks.coverage) as integer) as string) || ' % of the weights; nothing is known of '
                || concat_ws(
                    ', '
                    {%- for pillar in health_pillars() %},
                    case when wide.{{ pillar }}_score is null then '{{ pillar }}' end
                    {%- endfor %}
                )
    end as no_score_reason,
    {%- for pillar in health_pillars() %}
    round(wide.{{ pillar }}_score, 6) as {{ pillar }}_score,
    wide.{{ pillar }}_score_n,
    wide.{{ pillar }}_weight,
    {%- endfor %}
    case when ranks.is_scored then cast(ranks.place as integer) end as score_rank,
    case when ranks.is_scored then cast(ranks.best_place as integer) end as score_rank_best,
    case when ranks.is_scored then cast(ranks.worst_place as integer) end as score_rank_worst
from wide
inner join ranks
    on
        wide.vendor_key = ranks.vendor_key
        and wide.quarter = ranks.quarter
        and wide.score_version = ranks.score_version
