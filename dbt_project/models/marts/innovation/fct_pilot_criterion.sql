with criteria as (
    select * from {{ ref('int_crm__pilot_criterion') }}
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'crm'
)

select
    criteria.connection_id || ':' || criteria.pilot_criterion_id as pilot_criterion_key,
    criteria.connection_id || ':' || criteria.pilot_id as pilot_key,
    criteria.connection_id,
    crosswalk.vendor_key,
    criteria.criterion_name,
    criteria.scoring,
    criteria.dimension,
    criteria.weight_pct / cast(100 as double) as weight,
    criteria.unit,
    criteria.direction,
    cast(criteria.baseline_value as double) as baseline_value,
    cast(criteria.target_value as double) as target_value,
    cast(criteria.actual_value as double) as actual_value,
    criteria.start_date as pilot_start_date,
    criteria.fixed_on,
    criteria.measured_on,
    criteria.raters,
    criteria.rating_mean,
    criteria.rating_lowest,
    criteria.rating_highest,
    criteria.rating_spread,
    criteria.score_state,
    cast(criteria.achievement as double) as achievement
from criteria
left join crosswalk
    on criteria.connection_id = crosswalk.connection_id and criteria.account_id = crosswalk.external_id
