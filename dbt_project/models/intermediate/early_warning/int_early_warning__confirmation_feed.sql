{{ config(materialized='view') }}

-- Connections whose confirmations were read to their end, and whether this build is the first that knows: of others nobody can say that a
-- confirmation is missing.
select
    connection_id,
    min(case when is_new then 1 else 0 end) = 1 as is_new
from {{ source('control', 'landed_batch') }}
where system = 'sap_s4hana' and entity = 'supplier_confirmation' and is_last
group by connection_id
