{#- The landed rows of an entity that staging leaves out, with the reason, by the predicates that staging uses. -#}
{%- macro quarantined_rows(system, entity, paths) -%}
{%- set rules = landed_entities()[system][entity] -%}
{%- set columns = [] -%}
{%- for field in rules['key'] -%}
    {%- do columns.append([field, field, 'text']) -%}
{%- endfor -%}
select
    cast('{{ system }}' as string) as system,
    cast('{{ entity }}' as string) as entity,
    cast(faulty._connection_id as string) as connection_id,
    cast(faulty._batch_id as string) as batch_id,
    cast(faulty._row_number as bigint) as row_number_in_batch,
    cast(faulty.row_key as string) as row_key,
    cast(faulty.reason as string) as reason,
    cast(faulty.field as string) as field,
    case faulty.field
        {%- for field in rules['key'] + rules['needed'] %}
        when '{{ field }}' then {{ json_value('faulty._unreadable', field) }}
        {%- endfor %}
    end as raw_value,
    cast(faulty.row_json as string) as row_json
from (
    select
        _connection_id,
        _batch_id,
        _row_number,
        _unreadable,
        concat_ws('/', {% for field in rules['key'] %}{{ adapter.quote(field) }}{{ ', ' if not loop.last }}{% endfor %}) as row_key,
        case
            when not {{ key_is_unreadable(system, entity) }} then 'needed_field_unreadable'
            when {% for field in rules['key'] %}{{ ' or ' if not loop.first }}{{ json_value('_unreadable', field) }} is not null{% endfor %} then 'key_unreadable'
            else 'key_missing'
        end as reason,
        case
            {%- for field in indispensable_key(system, entity) %}
            when coalesce(trim({{ adapter.quote(field) }}), '') = '' then '{{ field }}'
            {%- endfor %}
            {%- for field in rules['needed'] %}
            when {{ json_value('_unreadable', field) }} is not null then '{{ field }}'
            {%- endfor %}
        end as field,
        {{ row_as_json('landed') }} as row_json
    from {{ landing_scan(system, entity, columns, paths=paths) }} as landed
    where {{ key_is_unreadable(system, entity) }} or {{ version_is_unreadable(system, entity) }}
) as faulty
{%- endmacro -%}
