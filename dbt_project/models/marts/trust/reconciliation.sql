with landed_batches as (
    select * from {{ source('control', 'landed_batch') }}
),

feeds as (
    select * from {{ source('control', 'feed') }}
),

counted_batches as (
    select * from {{ ref('int_reconciliation__batch') }}
),

quarantined as (
    select * from {{ ref('quarantine_row') }}
),

versions as (
    select * from {{ ref('int_reconciliation__version') }}
),

facts as (
    select * from {{ ref('int_reconciliation__fact') }}
),

landed as (
    select
        system,
        connection_id,
        entity,
        cast(count(*) as bigint) as batches,
        cast(sum(row_count) as bigint) as landed_rows
    from landed_batches
    group by system, connection_id, entity
),

counted as (
    select
        system,
        connection_id,
        entity,
        cast(sum(rows_read) as bigint) as rows_read,
        cast(sum(rows_without_key) as bigint) as rows_without_key
    from counted_batches
    group by system, connection_id, entity
),

set_aside as (
    select
        system,
        connection_id,
        entity,
        cast(sum(case when reason <> 'needed_field_unreadable' then 1 else 0 end) as bigint) as rows_without_key,
        cast(count(*) as bigint) as quarantined_rows
    from quarantined
    group by system, connection_id, entity
),

joined as (
    select
        landed.system,
        landed.connection_id,
        landed.entity,
        landed.batches,
        feeds.last_full_rows as announced_rows,
        landed.landed_rows,
        coalesce(counted.rows_read, 0) as rows_read,
        coalesce(set_aside.quarantined_rows, 0) as quarantined_rows,
        coalesce(counted.rows_without_key, 0) as rows_without_key,
        coalesce(set_aside.rows_without_key, 0) as quarantined_without_key,
        coalesce(versions.versions, 0) as staged_versions,
        coalesce(versions.repeated_versions, 0) as repeated_versions,
        coalesce(counted.rows_read, 0) - coalesce(counted.rows_without_key, 0) - coalesce(versions.versions, 0) as repeated_rows,
        facts.fact,
        facts.measure,
        facts.staged_keys,
        facts.unreadable_keys,
        facts.deleted_keys,
        facts.keys_without_parent,
        facts.keys_of_no_order,
        facts.mart_rows,
        facts.unexplained_keys,
        facts.staged_amount,
        facts.left_out_amount,
        facts.mart_amount,
        facts.currencies,
        facts.unexplained_value
    from landed
    left join feeds
        on
            landed.system = feeds.system
            and landed.connection_id = feeds.connection_id
            and landed.entity = feeds.entity
    {%- for part in ['counted', 'set_aside', 'versions', 'facts'] %}
    left join {{ part }}
        on
            landed.system = {{ part }}.system
            and landed.connection_id = {{ part }}.connection_id
            and landed.entity = {{ part }}.entity
    {%- endfor %}
)

select
    system,
    connection_id,
    entity,
    batches,
    announced_rows,
    landed_rows,
    rows_read,
    quarantined_rows,
    rows_without_key,
    repeated_rows,
    staged_versions,
    fact,
    staged_keys,
    staged_versions - staged_keys as superseded_versions,
    unreadable_keys,
    deleted_keys,
    keys_without_parent,
    keys_of_no_order,
    mart_rows,
    measure,
    cast(staged_amount as double) as staged_amount,
    cast(left_out_amount as double) as left_out_amount,
    cast(mart_amount as double) as mart_amount,
    -- what the footers say and the files hold; rows without a key that quarantine does not hold; repeats that no version has seen
    abs(landed_rows - rows_read)
    + abs(rows_without_key - quarantined_without_key)
    + greatest(repeated_versions - repeated_rows, 0)
    + case when repeated_versions = 0 then abs(repeated_rows) else 0 end
    + coalesce(unexplained_keys, 0) as unexplained_rows,
    cast(coalesce(staged_amount - left_out_amount - mart_amount, 0) as double) as unexplained_amount,
    currencies,
    cast(coalesce(unexplained_value, 0) as double) as unexplained_value
from joined
