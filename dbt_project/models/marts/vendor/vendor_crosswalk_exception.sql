with crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where exception_reason is not null
),

tickets as (
    select * from {{ ref('int_sla_portal__ticket') }}
),

responses as (
    select * from {{ ref('int_crm__survey_response') }}
),

proposals as (
    select * from {{ ref('int_crm__proposal') }}
),

affected as (
    select
        connection_id,
        external_id,
        cast(count(*) as bigint) as affected_rows
    from (
        select
            connection_id,
            organisation_id as external_id
        from tickets
        union all
        select
            connection_id,
            account_id as external_id
        from responses
        union all
        select
            connection_id,
            account_id as external_id
        from proposals
    ) as facts
    group by connection_id, external_id
)

select
    crosswalk.kind,
    crosswalk.connection_id,
    crosswalk.external_id,
    crosswalk.external_name,
    crosswalk.account_number,
    crosswalk.exception_reason as reason,
    crosswalk.vendors_found,
    coalesce(affected.affected_rows, 0) as affected_rows
from crosswalk
left join affected
    on crosswalk.connection_id = affected.connection_id and crosswalk.external_id = affected.external_id
