with feeds as (
    select * from {{ source('control', 'feed') }}
),

batches as (
    select * from {{ source('control', 'landed_batch') }}
),

quarantined as (
    select * from {{ ref('quarantine_row') }}
),

schedule_lines as (
    select * from {{ ref('fct_schedule_line') }}
),

tickets as (
    select * from {{ ref('fct_service_ticket') }}
),

-- a child entity counts with the entity whose extraction landed it
parents as (
    {%- for system, entities in landed_entities().items() %}
    {%- set is_last_system = loop.last %}
    {%- for entity, rules in entities.items() %}
    select
        '{{ system }}' as system,
        '{{ entity }}' as entity,
        '{{ rules.get("parent", entity) }}' as feed_entity
    {{ 'union all' if not (loop.last and is_last_system) }}
    {%- endfor %}
    {%- endfor %}
),

runs as (
    select
        system,
        connection_id,
        entity,
        run_id,
        row_number() over (
            partition by system, connection_id, entity
            order by extracted_at desc, sequence desc
        ) as place
    from batches
    where is_last
),

quarantined_by_batch as (
    select
        system,
        connection_id,
        entity,
        batch_id,
        cast(count(*) as bigint) as quarantined_rows
    from quarantined
    group by system, connection_id, entity, batch_id
),

landed as (
    select
        batches.system,
        batches.connection_id,
        parents.feed_entity,
        cast(sum(batches.row_count) as bigint) as landed_rows,
        cast(sum(coalesce(quarantined_by_batch.quarantined_rows, 0)) as bigint) as quarantined_rows,
        cast(sum(case when runs.run_id is not null then batches.row_count else 0 end) as bigint) as last_run_rows,
        cast(
            sum(case when runs.run_id is not null then coalesce(quarantined_by_batch.quarantined_rows, 0) else 0 end) as bigint
        ) as last_run_quarantined_rows
    from batches
    inner join parents on batches.system = parents.system and batches.entity = parents.entity
    left join quarantined_by_batch
        on
            batches.system = quarantined_by_batch.system
            and batches.connection_id = quarantined_by_batch.connection_id
            and batches.entity = quarantined_by_batch.entity
            and batches.batch_id = quarantined_by_batch.batch_id
    left join runs
        on
            batches.system = runs.system
            and batches.connection_id = runs.connection_id
            and parents.feed_entity = runs.entity
            and batches.run_id = runs.run_id
            and runs.place = 1
    group by batches.system, batches.connection_id, parents.feed_entity
),

checked as (
    select
        connection_id,
        'purchase_order' as feed_entity,
        cast(count(*) as bigint) as checked_rows,
        cast(count(data_flags) as bigint) as doubtful_rows
    from schedule_lines
    group by connection_id
    union all
    select
        connection_id,
        'incident' as feed_entity,
        cast(count(*) as bigint) as checked_rows,
        cast(count(data_flags) as bigint) as doubtful_rows
    from tickets
    group by connection_id
)

select
    feeds.system,
    feeds.kind,
    feeds.connection_id,
    feeds.entity,
    feeds.last_complete_at,
    feeds.stale_after_hours,
    feeds.is_stale,
    coalesce(landed.landed_rows, 0) as landed_rows,
    coalesce(landed.quarantined_rows, 0) as quarantined_rows,
    coalesce(landed.last_run_rows, 0) as last_run_rows,
    coalesce(landed.last_run_quarantined_rows, 0) as last_run_quarantined_rows,
    checked.checked_rows,
    checked.doubtful_rows,
    feeds.last_full_rows,
    feeds.previous_full_rows
from feeds
left join landed
    on
        feeds.system = landed.system
        and feeds.connection_id = landed.connection_id
        and feeds.entity = landed.feed_entity
left join checked
    on feeds.connection_id = checked.connection_id and feeds.entity = checked.feed_entity
