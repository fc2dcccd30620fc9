-- Every way in which something outside the ERP may be one of its vendors, best way first.
with accounts as (
    select * from {{ ref('int_crm__account') }}
),

merged_accounts as (
    select * from {{ ref('int_crosswalk__merged_account') }}
),

tickets as (
    select * from {{ ref('int_sla_portal__ticket') }}
    where organisation_id is not null
),

items as (
    select * from {{ ref('int_sla_portal__configuration_item') }}
    where organisation_id is not null
),

vendors as (
    select * from {{ ref('int_erp__vendor') }}
),

overrides as (
    select * from {{ ref('seed_vendor_crosswalk') }}
    where cast(valid_from as date) <= {{ as_of_date() }}
),

parties as (
    select
        'crm' as kind,
        connection_id,
        account_id as external_id,
        account_name as external_name,
        account_number
    from accounts
    union all
    -- rows that still name an account that was merged away belong to the one that lives on
    select
        'crm' as kind,
        merged_accounts.connection_id,
        merged_accounts.account_id as external_id,
        accounts.account_name as external_name,
        accounts.account_number
    from merged_accounts
    inner join accounts
        on
            merged_accounts.connection_id = accounts.connection_id
            and merged_accounts.surviving_account_id = accounts.account_id
    union all
    select
        'sla_portal' as kind,
        connection_id,
        organisation_id as external_id,
        max(organisation_name) as external_name,
        cast(null as string) as account_number
    from (
        select
            connection_id,
            organisation_id,
            organisation_name
        from tickets
        union all
        select
            connection_id,
            organisation_id,
            organisation_name
        from items
    ) as organisations
    group by connection_id, organisation_id
),

matches as (
    select
        parties.*,
        overrides.vendor_key,
        'override' as match_method,
        1 as preference
    from parties
    inner join overrides
        on parties.connection_id = overrides.connection_id and parties.external_id = overrides.external_id
    union all
    select
        parties.*,
        vendors.vendor_key,
        'number' as match_method,
        2 as preference
    from parties
    inner join vendors on parties.account_number = vendors.vendor_number
    union all
    select
        parties.*,
        vendors.vendor_key,
        'name' as match_method,
        3 as preference
    from parties
    inner join vendors
        on {{ normalised_name('parties.external_name') }} = {{ normalised_name('vendors.vendor_name') }}
)

select
    parties.kind,
    parties.connection_id,
    parties.external_id,
    parties.external_name,
    parties.account_number,
    matches.vendor_key,
    matches.match_method,
    matches.preference
from parties
left join matches
    on
        parties.kind = matches.kind
        and parties.connection_id = matches.connection_id
        and parties.external_id = matches.external_id
