{{ config(materialized='ephemeral') }}

-- Standard prices for one base unit, by when they held: from the day a price was first seen; the first one is taken to have held
-- before, because the source keeps no older one.
with versions as (
    select * from {{ ref('stg_sap_s4hana__product_valuation') }}
    where _is_readable and not _deleted and standard_price > 0 and valuation_type = ''
)

select
    connection_id,
    material,
    valuation_area as plant,
    currency,
    cast(standard_price as double) / nullif(cast(coalesce(price_unit_quantity, 1) as double), 0) as base_unit_price,
    case
        when lag(_ordered_at) over (partition by connection_id, material, valuation_area order by _ordered_at, _batch_id) is null
            then cast('1900-01-01' as date)
        else cast(_ordered_at as date)
    end as valid_from,
    cast(
        lead(_ordered_at) over (partition by connection_id, material, valuation_area order by _ordered_at, _batch_id) as date
    ) as valid_before
from versions
