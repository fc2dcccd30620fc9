-- Prices agreed in contracts, for one base unit, by when they held. A price that was changed within a contract holds from the day the
-- change was first seen; the first one we saw is taken to hold from the contract's beginning.
with contract_versions as (
    select * from {{ ref('stg_sap_s4hana__purchase_contract') }}
),

versions as (
    select * from {{ ref('stg_sap_s4hana__purchase_contract_item') }}
    where _is_readable and not _deleted
),

units as (
    select * from {{ ref('int_erp__material_unit') }}
),

contracts as (
    {{ newest_readable('contract_versions', ['contract']) }}
),

dated as (
    select
        *,
        lag(_ordered_at) over (partition by connection_id, contract, contract_line order by _ordered_at, _batch_id) as before_at,
        lead(_ordered_at) over (partition by connection_id, contract, contract_line order by _ordered_at, _batch_id) as after_at
    from versions
)

select
    dated.connection_id,
    dated.contract,
    dated.contract_line,
    contracts.connection_id || ':' || contracts.vendor_number as vendor_key,
    dated.material,
    dated.plant,
    contracts.currency,
    case when dated.before_at is null then contracts.valid_from else cast(dated._ordered_at as date) end as valid_from,
    -- the last day of the contract counts; the day of a change belongs to the new price
    least(
        coalesce(contracts.valid_to, cast('9999-12-31' as date)),
        case when dated.after_at is null then cast('9999-12-31' as date) else {{ add_days('dated.after_at', -1) }} end
    ) as valid_to,
    units.base_unit,
    cast(dated.net_price as double)
    / nullif(cast(coalesce(dated.price_unit_quantity, 1) as double), 0)
    / units.base_units as base_unit_price
from dated
inner join contracts
    on dated.connection_id = contracts.connection_id and dated.contract = contracts.contract
inner join units
    on
        dated.connection_id = units.connection_id
        and dated.material = units.material
        and dated.quantity_unit = units.unit
where not contracts._deleted
