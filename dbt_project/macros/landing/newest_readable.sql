{#- The newest version of each key in which every needed field could be read, with `is_newest_unreadable` where a newer one exists.

    `first_times` adds columns by name: the least value of an expression over all versions of the key. What has only one version
    needs no window. -#}
{%- macro newest_readable(versions, key, first_times={}) -%}
    {%- set newest_first = '_ordered_at desc, _extracted_at desc, _batch_id desc, _row_number desc' -%}
    {%- set partition = (['connection_id'] + key) | join(', ') -%}
    select
        *,
        {%- for name, expression in first_times.items() %}
        {{ expression }} as {{ name }},
        {%- endfor %}
        false as is_newest_unreadable,
        cast(1 as bigint) as _recency
    from {{ versions }}
    where coalesce(_is_only, false) and _is_readable
    union all
    select *
    from (
        select
            *,
            {%- for name, expression in first_times.items() %}
            min({{ expression }}) over (partition by {{ partition }}) as {{ name }},
            {%- endfor %}
            not first_value(_is_readable) over (
                partition by {{ partition }}
                order by {{ newest_first }}
            ) as is_newest_unreadable,
            row_number() over (
                partition by {{ partition }}
                order by case when _is_readable then 0 else 1 end, {{ newest_first }}
            ) as _recency
        from {{ versions }}
        where not coalesce(_is_only, false)
    ) as ranked
    where _recency = 1 and _is_readable
{%- endmacro -%}
