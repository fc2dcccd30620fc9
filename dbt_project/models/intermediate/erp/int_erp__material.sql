-- Canonical materials: the newest state of the material master with its text in English, else in the first language it has.
with versions as (
    select * from {{ ref('stg_sap_s4hana__product') }}
),

description_versions as (
    select * from {{ ref('stg_sap_s4hana__product_description') }}
),

newest as (
    {{ newest_readable('versions', ['material']) }}
),

newest_descriptions as (
    {{ newest_readable('description_versions', ['material', 'language']) }}
),

descriptions as (
    select
        newest_descriptions.connection_id,
        newest_descriptions.material,
        newest_descriptions.material_text,
        row_number() over (
            partition by newest_descriptions.connection_id, newest_descriptions.material
            order by case when newest_descriptions.language = 'EN' then 0 else 1 end, newest_descriptions.language
        ) as place
    from newest_descriptions
    inner join newest
        on
            newest_descriptions.connection_id = newest.connection_id
            and newest_descriptions.material = newest.material
            -- a material that is read again replaces all of its texts
            and newest_descriptions._seen_extracted_at >= newest._seen_extracted_at
    where newest_descriptions.material_text is not null
)

select
    newest.connection_id || ':' || newest.material as material_key,
    newest.connection_id,
    newest.material,
    descriptions.material_text,
    newest.material_type,
    newest.material_group,
    newest.base_unit,
    newest.created_date,
    coalesce(newest.is_marked_for_deletion, false) or newest._deleted as is_deleted
from newest
left join descriptions
    on
        newest.connection_id = descriptions.connection_id
        and newest.material = descriptions.material
        and descriptions.place = 1
