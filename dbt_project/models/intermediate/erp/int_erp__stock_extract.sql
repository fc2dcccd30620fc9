{{ config(materialized='ephemeral') }}

-- The last complete reading of stock on each day it was read.
with landed_batches as (
    select * from {{ source('control', 'landed_batch') }}
    where system = 'sap_s4hana' and entity = 'material_stock' and is_last
)

select
    connection_id,
    cast(extracted_at as date) as stock_date,
    max(extracted_at) as extracted_at
from landed_batches
group by connection_id, cast(extracted_at as date)
