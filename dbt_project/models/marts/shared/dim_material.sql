with materials as (
    select * from {{ ref('int_erp__material') }}
),

units as (
    select * from {{ ref('int_erp__material_unit') }}
),

-- one text for a reader: "PAK = 10 EA; PAL = 480 EA"
numbered as (
    select
        connection_id,
        material,
        unit || ' = ' || cast(base_units as string) || ' ' || base_unit as equation,
        row_number() over (partition by connection_id, material order by base_units, unit) as place
    from units
    where unit <> base_unit
),

summaries as (
    select
        connection_id,
        material,
        cast(count(*) as bigint) as other_units,
        nullif(
            concat_ws(
                '; ',
                max(case when place = 1 then equation end),
                max(case when place = 2 then equation end),
                max(case when place = 3 then equation end),
                max(case when place = 4 then equation end)
            ),
            ''
        ) as other_units_text
    from numbered
    group by connection_id, material
)

select
    materials.material_key,
    materials.connection_id,
    materials.material,
    coalesce(materials.material_text, materials.material) as material_text,
    materials.material_type,
    materials.material_group,
    materials.base_unit,
    coalesce(summaries.other_units, 0) as other_units,
    summaries.other_units_text,
    materials.created_date,
    materials.is_deleted
from materials
left join summaries
    on materials.connection_id = summaries.connection_id and materials.material = summaries.material
