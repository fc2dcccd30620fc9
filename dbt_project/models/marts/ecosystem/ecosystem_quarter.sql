with targets as (
    select * from {{ ref('seed_ecosystem_target') }}
),

measures as (
    select * from {{ ref('int_ecosystem_quarter__measure') }}
),

quarters as (
    select * from {{ ref('int_ecosystem_quarter__quarter') }}
),

definitions as (
    select * from {{ ref('kpi_definition') }}
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

loaded as (
    select distinct entity
    from {{ source('control', 'feed') }}
    where last_complete_at is not null
),

-- the target and the definition that were valid when the quarter began
valid_targets as (
    select
        quarters.quarter,
        targets.metric_id,
        targets.target,
        targets.definition_id,
        row_number() over (
            partition by quarters.quarter, targets.metric_id
            order by targets.valid_from desc
        ) as place
    from quarters
    inner join targets on quarters.quarter >= targets.valid_from
),

valid_definitions as (
    select
        definition_id,
        max(definition_version) as definition_version
    from definitions
    group by definition_id
),

measured as (
    select
        valid_targets.quarter,
        valid_targets.metric_id,
        valid_targets.target,
        valid_targets.definition_id,
        loaded.entity is not null as has_source,
        case
            when measures.metric_id = 'vendor_nps' and measures.n < settings.nps_min_respondents then null
            else measures.value
        end as value,
        measures.n,
        measures.lower_bound,
        measures.upper_bound,
        cast({{ dbt.dateadd('month', 3, 'valid_targets.quarter') }} as date) <= {{ as_of_date() }} as is_over
    from valid_targets
    cross join settings
    left join measures
        on valid_targets.quarter = measures.quarter and valid_targets.metric_id = measures.metric_id
    left join loaded on measures.source_entity = loaded.entity
    where valid_targets.place = 1
)

select
    measured.quarter,
    measured.metric_id,
    case when measured.has_source then measured.value end as value,
    case when measured.has_source then measured.n end as n,
    case when measured.has_source and measured.value is not null then measured.lower_bound end as lower_bound,
    case when measured.has_source and measured.value is not null then measured.upper_bound end as upper_bound,
    measured.target,
    -- a count has no interval: it is what it is once reached, and final once the quarter is over
    case
        when not measured.has_source then 'no source'
        when measured.value is null then 'cannot tell'
        when measured.lower_bound >= measured.target then 'met'
        when measured.upper_bound < measured.target then 'not met'
        when measured.lower_bound is not null then 'cannot tell'
        when measured.value >= measured.target then 'met'
        when measured.is_over then 'not met'
        else 'cannot tell'
    end as state,
    measured.definition_id,
    valid_definitions.definition_version,
    {{ as_of() }} as as_of
from measured
left join valid_definitions
    on measured.definition_id = valid_definitions.definition_id
