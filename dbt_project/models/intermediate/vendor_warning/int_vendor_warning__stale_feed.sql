{{ config(materialized='view') }}

-- For each family of rules the stale feeds that they rest on, and the sentence that mutes what they say. Portals and CRMs serve all
-- vendors, so that a stale one mutes them all; an ERP connection mutes its own.
with feeds as (
    select * from {{ source('control', 'feed') }}
    where is_stale
),

families as (
    select
        case
            when entity in ('purchase_order', 'material_document') then 'delivery'
            when entity in ('inspection_lot', 'usage_decision', 'quality_notification') then 'quality'
            when entity in ('incident', 'task_sla') then 'service'
            when entity = 'supplier_invoice' then 'cost'
            when entity = 'survey_response' then 'relationship'
        end as kpi_family,
        case when kind = 'erp' then connection_id end as erp_connection_id,
        connection_id,
        entity,
        last_complete_at
    from feeds
)

select
    kpi_family,
    erp_connection_id,
    'The feed ' || min(entity) || ' of ' || connection_id || ' is stale: last complete '
    || coalesce(cast(min(last_complete_at) as string) || ' UTC', 'never') as mute_reason
from families
where kpi_family is not null
group by kpi_family, erp_connection_id, connection_id
