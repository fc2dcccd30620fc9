{{ config(materialized='ephemeral') }}

-- What vendors run for us, and from when to when it was in service.
with versions as (
    select * from {{ ref('stg_servicenow__configuration_item') }}
),

newest as (
    {{ newest_readable('versions', ['configuration_item_id']) }}
),

-- 7 retired, 8 stolen, 100 absent: out of service from the first landed version that says so after the last one that did not
history as (
    select
        connection_id,
        configuration_item_id,
        max(case when coalesce(install_status, '1') not in ('7', '8', '100') then _ordered_at end) as last_in_service_at
    from versions
    where _is_readable
    group by connection_id, configuration_item_id
),

withdrawals as (
    select
        versions.connection_id,
        versions.configuration_item_id,
        min(versions._ordered_at) as retired_at
    from versions
    inner join history
        on
            versions.connection_id = history.connection_id
            and versions.configuration_item_id = history.configuration_item_id
    where
        versions._is_readable
        and versions.install_status in ('7', '8', '100')
        and (history.last_in_service_at is null or versions._ordered_at > history.last_in_service_at)
    group by versions.connection_id, versions.configuration_item_id
)

select
    newest.connection_id,
    newest.configuration_item_id,
    newest.item_name,
    newest.item_class,
    coalesce(newest.vendor_id, newest.vendor_name) as organisation_id,
    newest.vendor_name as organisation_name,
    coalesce(newest.installed_at, newest.created_at) as in_service_from,
    case when newest.installed_at is not null then 'install_date' else 'created' end as in_service_basis,
    withdrawals.retired_at
from newest
left join withdrawals
    on
        newest.connection_id = withdrawals.connection_id
        and newest.configuration_item_id = withdrawals.configuration_item_id
where not newest._deleted
