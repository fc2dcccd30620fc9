{#- The versions of an entity: each landed row that differs from the row before it of the same key.

    columns: list of [name, landed field, type]; type 'text' is a text whose empty form means null, 'code' one whose empty
        form is a value (part of a key), 'number' a document number that services pad differently, anything else an SQL type.
    key: names of the columns that identify a row within its connection.
    has_children: whether rows carry _child_keys.

    Rows of a key are ordered by source change time (else extraction time), extraction time, batch and position in it.
    A, B, A are three versions. Each version also keeps the position of the last landed row that repeated it (_seen_*), and
    whether it is the only one of its key (_is_only), so that readers need no window for what never changed.

    Every row carries the bucket of its document, a whole number by which an increment finds and replaces it (see `bucket`):
    _order_bucket of its purchase order where it has one, _document_bucket of its own document where that is another one.

    An incremental run reads new batches and the stored versions of the documents in them. A row that belongs before one
    already seen (a batch that landed late, or a batch read again after a killed build) may split a version that stored
    rows no longer show, so its key alone is read again from all batches: the result always equals a full refresh.

    Rows are put in order by a hash of their key, because texts make the same windows take twice as long. Keys that share one cost a few
    versions too many, never one too few: the key is part of what is compared.

    A full read puts only those keys in order that landed more than once. -#}
{%- macro staged_versions(system, entity, key, columns, has_children=false) -%}
{%- set buckets = document_buckets(system, entity, key, columns) -%}
{%- set found_by = '_order_bucket' if 'purchase_order' in key else '_document_bucket' -%}
{%- set key = ['connection_id'] + key -%}
{%- set content = columns | map('first') | list + ['_deleted', '_unreadable'] + (['_child_keys'] if has_children else []) -%}
{%- set stored = ['connection_id'] + content + ['_is_readable', '_extra', '_changed_at', '_extracted_at', '_batch_id', '_row_number', '_ordered_at'] + buckets.keys() | list -%}
{%- set place = ['_ordered_at', '_extracted_at', '_batch_id', '_row_number'] -%}
{%- set seen = ['_seen_ordered_at', '_seen_extracted_at', '_seen_batch_id', '_seen_row_number'] -%}
{%- do config(unique_key=found_by) -%}
{%- set in_order = 'partition by _key_hash order by ' ~ (place | join(', ')) -%}
{%- set new_rows = landed_rows(system, entity, columns, has_children, buckets, 'new' if is_incremental() else 'all') -%}
{%- set rereads = is_incremental() and late_keys_exist(new_rows, key, place, seen, found_by) -%}

with new_rows as (
{{ new_rows }}
),

{% if rereads -%}
late_keys as (
{{ late_keys('new_rows', key, place, seen, found_by) }}
),

all_rows as (
{{ landed_rows(system, entity, columns, has_children, buckets, 'all') }}
),

arrivals as (
    select new_rows.*
    from new_rows
    left join late_keys on {{ same_key('new_rows', 'late_keys', key) }}
    where late_keys.connection_id is null
    union all
    select all_rows.*
    from all_rows
    inner join late_keys on {{ same_key('all_rows', 'late_keys', key) }}
),

{% elif is_incremental() -%}
arrivals as (
    select * from new_rows
),

{% else -%}
hashed_rows as (
    select
        *,
        {{ hash_of(key) }} as _key_hash
    from new_rows
),

repeated_keys as (
    select _key_hash from hashed_rows
    group by _key_hash
    having count(*) > 1
),

arrivals as (
    select * from hashed_rows
    where _key_hash in (select repeated_keys._key_hash from repeated_keys)
),

{% endif -%}

candidates as (
    select
        {{ '_key_hash' if not is_incremental() else hash_of(key) ~ ' as _key_hash' }},
        {{ stored | join(',\n        ') }},
        {%- for name in place %}
        {{ name }} as _seen{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from arrivals
    {%- if is_incremental() %}
    union all
    select
        {{ hash_of(key | map('replace', '', 'versions.', 1) | list) }} as _key_hash,
        {%- for name in stored + seen %}
        versions.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ this }} as versions
    {%- if rereads %}
    left join late_keys on {{ same_key('versions', 'late_keys', key) }}
    {%- endif %}
    where
        versions.{{ found_by }} in (select new_rows.{{ found_by }} from new_rows)
        {%- if rereads %}
        and late_keys.connection_id is null
        {%- endif %}
    {%- endif %}
),

-- one pass tells where versions begin and end, and where keys do
compared as (
    select
        *,
        {{ differs(row_of(content), 'lag(' ~ row_of(content) ~ ') over (' ~ in_order ~ ')') }} as _begins,
        {{ differs(row_of(content), 'lead(' ~ row_of(content) ~ ') over (' ~ in_order ~ ')') }} as _ends,
        lag(1) over ({{ in_order }}) is null as _begins_key,
        lead(1) over ({{ in_order }}) is null as _ends_key
    from candidates
),

-- of a version that was landed again, the row that began it and the row that repeated it last
repeated as (
    select
        {{ stored | join(',\n        ') }},
        _begins,
        _begins_key and lead(_ends_key) over ({{ in_order }}) as _is_only,
        {%- for name in seen %}
        lead({{ name }}) over ({{ in_order }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from compared
    where _begins <> _ends
)

select
    {{ stored | join(',\n    ') }},
    _begins_key and _ends_key as _is_only,
    {{ seen | join(',\n    ') }}
from compared
where _begins and _ends
union all
select
    {{ stored | join(',\n    ') }},
    _is_only,
    {{ seen | join(',\n    ') }}
from repeated
where _begins
{%- if not is_incremental() %}
union all
select
    {% for name in stored %}hashed_rows.{{ name }},
    {% endfor -%}
    true as _is_only,
    {%- for name in place %}
    hashed_rows.{{ name }} as _seen{{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from hashed_rows
left join repeated_keys on hashed_rows._key_hash = repeated_keys._key_hash
where repeated_keys._key_hash is null
{%- endif %}
{%- endmacro -%}


{#- The integer columns by which an increment finds rows, with the columns behind each. The document is the parent's key. -#}
{%- macro document_buckets(system, entity, key, columns) -%}
    {%- set parent = landed_entities()[system][entity].get('parent') -%}
    {%- set parts = landed_entities()[system][parent]['key'] | length if parent else key | length -%}
    {%- set buckets = {} -%}
    {%- if 'purchase_order' in columns | map('first') -%}
        {%- do buckets.update({'_order_bucket': ['connection_id', 'purchase_order']}) -%}
    {%- endif -%}
    {%- if 'purchase_order' not in key -%}
        {%- do buckets.update({'_document_bucket': ['connection_id'] + key[:parts]}) -%}
    {%- endif -%}
    {{ return(buckets) }}
{%- endmacro -%}


{#- Landed rows under the names and types of staging, without those whose key cannot be read. -#}
{%- macro landed_rows(system, entity, columns, has_children, buckets, batches) -%}
    select
        *{% for name, parts in buckets.items() %},
        {{ bucket(parts) }} as {{ name }}
        {%- endfor %}
    from (
    select
        cast(_connection_id as string) as connection_id,
        {%- for name, field, type in columns %}
        {{ landed_value(adapter.quote(field), type) }} as {{ name }},
        {%- endfor %}
        coalesce(_deleted, false) as _deleted,
        cast(_unreadable as string) as _unreadable,
        {%- if has_children %}
        _child_keys,
        {%- endif %}
        not {{ version_is_unreadable(system, entity) }} as _is_readable,
        cast(_extra as string) as _extra,
        cast(_changed_at as timestamp) as _changed_at,
        cast(_extracted_at as timestamp) as _extracted_at,
        cast(_batch_id as string) as _batch_id,
        cast(_row_number as bigint) as _row_number,
        cast(coalesce(_changed_at, _extracted_at) as timestamp) as _ordered_at
    from {{ landing_scan(system, entity, columns + ([['_child_keys', '_child_keys', text_list_type()]] if has_children else []), batches) }} as landed
    where not {{ key_is_unreadable(system, entity) }}
    ) as readable
{%- endmacro -%}


{%- macro landed_value(field, type) -%}
    {%- if type == 'number' -%}
        {{ normalised_number('cast(' ~ field ~ ' as string)') }}
    {%- elif type == 'text' -%}
        nullif(trim(cast({{ field }} as string)), '')
    {%- elif type == 'code' -%}
        coalesce(trim(cast({{ field }} as string)), '')
    {%- else -%}
        cast({{ field }} as {{ type }})
    {%- endif -%}
{%- endmacro -%}


{#- Keys with a new row that belongs at or before the last one already seen. Looked for in the few documents that were seen since: whole
    numbers and times find them before any text is compared. -#}
{%- macro late_keys(new_rows, key, place, seen, bucket) -%}
    {%- set seen_since -%}
            select arrived.{{ bucket }}
            from (
                select
                    {{ bucket }},
                    min({{ place[0] }}) as first_at
                from {{ new_rows }}
                group by {{ bucket }}
            ) as arrived
            inner join {{ this }} as known
                on arrived.{{ bucket }} = known.{{ bucket }} and arrived.first_at <= known.{{ seen[0] }}
    {%- endset -%}
    select distinct
        {%- for name in key %}
        arrived.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            {{ ([bucket] + key) | join(', ') }},
            min({{ row_of(place) }}) as first_place
        from {{ new_rows }}
        where {{ bucket }} in ({{ seen_since }})
        group by {{ ([bucket] + key) | join(', ') }}
    ) as arrived
    inner join (
        select * from {{ this }}
        where {{ bucket }} in ({{ seen_since }})
    ) as known
        on {{ same_key('arrived', 'known', [bucket] + key) }} and arrived.first_place <= {{ row_of(seen | map('replace', '_seen', 'known._seen') | list) }}
{%- endmacro -%}


{#- Asked before the model is written, so that a run without late rows opens no old file. -#}
{%- macro late_keys_exist(new_rows, key, place, seen, bucket) -%}
    {%- if not execute -%}{{ return(false) }}{%- endif -%}
    {%- set query -%}
        with new_rows as (
        {{ new_rows }}
        )

        select count(*) from (
        {{ late_keys('new_rows', key, place, seen, bucket) }}
        ) as late
    {%- endset -%}
    {{ return(run_query(query).columns[0].values()[0] > 0) }}
{%- endmacro -%}


{%- macro same_key(left, right, key) -%}
    {%- for name in key -%}
        {{ ' and ' if not loop.first }}{{ left }}.{{ name }} = {{ right }}.{{ name }}
    {%- endfor -%}
{%- endmacro -%}
