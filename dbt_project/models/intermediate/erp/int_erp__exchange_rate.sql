{{ config(materialized='ephemeral') }}

{%- set key = ['exchange_rate_type', 'source_currency', 'target_currency', 'valid_from'] %}

-- Canonical exchange rates: one unit of the source currency is `factor` units of the target currency from valid_from on.
with versions as (
    select * from {{ ref('stg_sap_s4hana__exchange_rate') }}
),

newest as (
    {{ newest_readable('versions', key) }}
)

select
    connection_id,
    exchange_rate_type,
    source_currency,
    target_currency,
    valid_from,
    -- a negative rate is an indirect quotation: units of the source for one of the target
    case when exchange_rate > 0 then cast(exchange_rate as double) else 1 / -cast(exchange_rate as double) end
    * coalesce(nullif(cast(target_currency_units as double), 0), 1)
    / coalesce(nullif(cast(source_currency_units as double), 0), 1) as factor
from newest
where not _deleted and exchange_rate <> 0
