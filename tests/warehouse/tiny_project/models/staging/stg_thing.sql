{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='_batch_id') }}
{% set paths = [] %}
{% if execute %}
    {% set where = "where is_new" if is_incremental() else "" %}
    {% set paths = run_query("select path from " ~ source('control', 'landed_batch') ~ " " ~ where).columns[0].values() %}
{% endif %}
{% if paths %}
select thing, amount, _batch_id from read_parquet(['{{ paths | join("', '") }}'], union_by_name = true)
{% else %}
select null::varchar as thing, null::bigint as amount, null::varchar as _batch_id where false
{% endif %}
