{{ runs_after('int_erp__touched_order') }}
-- How many base units one of each unit of a material is; the base unit itself is 1.
with materials as (
    select * from {{ ref('int_erp__material') }}
    where base_unit is not null
),

versions as (
    select * from {{ ref('stg_sap_s4hana__product_unit') }}
),

newest as (
    {{ newest_readable('versions', ['material', 'alternative_unit']) }}
),

material_seen as (
    select
        connection_id,
        material,
        max(_seen_extracted_at) as seen_at
    from {{ ref('stg_sap_s4hana__product') }}
    group by connection_id, material
)

select
    connection_id,
    material,
    base_unit as unit,
    base_unit,
    cast(1 as double) as base_units
from materials
union all
select
    newest.connection_id,
    newest.material,
    newest.alternative_unit as unit,
    materials.base_unit,
    cast(newest.numerator as double) / cast(newest.denominator as double) as base_units
from newest
inner join materials
    on newest.connection_id = materials.connection_id and newest.material = materials.material
inner join material_seen
    on newest.connection_id = material_seen.connection_id and newest.material = material_seen.material
where
    newest.alternative_unit <> materials.base_unit
    and newest.numerator > 0
    and newest.denominator > 0
    -- a material that is read again replaces all of its units
    and (newest.is_newest_unreadable or newest._seen_extracted_at >= material_seen.seen_at)
