with definitions as (
    select * from {{ ref('seed_kpi_definition') }}
)

select
    definition_id,
    definition_version,
    name,
    unit,
    grain,
    formula,
    population,
    caveat,
    owner,
    valid_from
from definitions
where valid_from <= {{ as_of_date() }}
