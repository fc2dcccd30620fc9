{#- The landed rows of an entity: of new batches, or of all with `batches='all'`; a typed empty set when nothing landed.

    `columns` is the list of [name, field, type] of `staged_versions`: a field that no file holds yet is null.
    `paths` are its files where the caller has asked for them. Adds `_row_number`, the position of the row in its file. -#}
{%- macro landing_scan(system, entity, columns, batches='new', paths=none) -%}
    {%- set paths = landed_paths(system, entity, batches) if paths is none else paths -%}
    {{ adapter.dispatch('landing_scan')(paths, landed_fields(columns)) }}
{%- endmacro -%}


{%- macro duckdb__landing_scan(paths, fields) -%}
(
    select
        {%- for field, type in fields.items() %}
        cast(null as {{ type }}) as {{ adapter.quote(field) }},
        {%- endfor %}
        cast(null as bigint) as _row_number
    where false
    {%- if paths %}
    union all by name
    select
        *,
        file_row_number as _row_number
    from read_parquet(
        [
            {%- for path in paths %}
            '{{ path | replace("'", "''") }}'{{ ',' if not loop.last }}
            {%- endfor %}
        ],
        union_by_name = true,
        file_row_number = true
    )
    {%- endif %}
)
{%- endmacro -%}


{#- Files with rows, as the builder listed them: only batches that no successful build has consumed, unless all are wanted. -#}
{%- macro landed_paths(system, entity, batches) -%}
    {%- set query -%}
        select landed_batch.path
        from {{ source('control', 'landed_batch') }} as landed_batch
        where
            landed_batch.system = '{{ system }}'
            and landed_batch.entity = '{{ entity }}'
            and landed_batch.row_count > 0
            {{ "and landed_batch.is_new" if batches == 'new' }}
        order by landed_batch.connection_id, landed_batch.sequence
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() if execute else []) }}
{%- endmacro -%}


{#- The same for a model that reads all entities, asked once: [system, entity, paths] of each that has files, of the first
    one where none has. -#}
{%- macro landed_files(batches) -%}
    {%- set query -%}
        select
            landed_batch.system,
            landed_batch.entity,
            landed_batch.path
        from {{ source('control', 'landed_batch') }} as landed_batch
        where
            landed_batch.row_count > 0
            {{ "and landed_batch.is_new" if batches == 'new' }}
        order by landed_batch.connection_id, landed_batch.sequence
    {%- endset -%}
    {%- set paths = {} -%}
    {%- for row in (run_query(query).rows if execute else []) -%}
        {%- do paths.setdefault((row[0], row[1]), []).append(row[2]) -%}
    {%- endfor -%}
    {%- set files = [] -%}
    {%- for system, entities in landed_entities().items() -%}
        {%- for entity in entities if (system, entity) in paths -%}
            {%- do files.append([system, entity, paths[(system, entity)]]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(files or [['sap_s4hana', 'purchase_order', []]]) }}
{%- endmacro -%}


{#- Declared fields and the standard columns of every batch, with the type an empty scan gives them. -#}
{%- macro landed_fields(columns) -%}
    {%- set fields = {
        '_connection_id': 'string',
        '_extracted_at': 'timestamp',
        '_batch_id': 'string',
        '_deleted': 'boolean',
        '_changed_at': 'timestamp',
        '_extra': 'string',
        '_unreadable': 'string',
    } -%}
    {%- for name, field, type in columns -%}
        {%- do fields.update({field: 'string' if type in ('text', 'code', 'number') else type}) -%}
    {%- endfor -%}
    {{ return(fields) }}
{%- endmacro -%}


{#- The buckets of the documents that rows of new batches belong to, null where a part of the key cannot be read. -#}
{%- macro landed_buckets(system, entity, columns) -%}
    select
        case
            when {% for name, field, type in columns %}{{ name }} is not null{{ ' and ' if not loop.last }}{% endfor %}
                then {{ bucket(['connection_id'] + columns | map('first') | list) }}
        end as bucket
    from (
        select
            cast(_connection_id as string) as connection_id,
            {%- for name, field, type in columns %}
            {{ landed_value(adapter.quote(field), type) }} as {{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ landing_scan(system, entity, columns) }} as landed
    ) as landed_keys
{%- endmacro -%}
