{#- The newest version of each key in which every needed field could be read, with `is_newest_unreadable` where a newer one exists.

    `first_times` adds columns by name: the least value of an expression over all versions of the key. What has only one version
    needs no window. -#}
{%- macro newest_readable(versions, key, first_times={}) -%}
    {%- set partition = 'partition by ' ~ version_key(key) | join(', ') -%}
    {%- set newest_first = partition ~ ' order by _ordered_at desc, _extracted_at desc, _batch_id desc, _row_number desc' -%}
    select
        *,
        {%- for name, expression in first_times.items() %}
        {{ expression }} as {{ name }},
        {%- endfor %}
        false as is_newest_unreadable,
        cast(1 as bigint) as _readable_so_far
    from {{ versions }}
    where coalesce(_is_only, false) and _is_readable
    union all
    select *
    from (
        select
            *,
            {%- for name, expression in first_times.items() %}
            min({{ expression }}) over ({{ partition }}) as {{ name }},
            {%- endfor %}
            row_number() over ({{ newest_first }}) > 1 as is_newest_unreadable,
            cast(sum(case when _is_readable then 1 else 0 end) over (
                {{ newest_first }}
                rows between unbounded preceding and current row
            ) as bigint) as _readable_so_far
        from {{ versions }}
        where not coalesce(_is_only, false)
    ) as ranked
    where _readable_so_far = 1 and _is_readable
{%- endmacro -%}


{#- What tells the keys of an entity apart: for parts of orders the order's integer stands for its connection and number, because it
    makes windows and joins over millions of rows cheaper. No two orders share one: a test of int_erp__purchase_order. -#}
{%- macro version_key(key) -%}
    {{ return(['_order_bucket'] + key[1:] if key[0] == 'purchase_order' and key | length > 1 else ['connection_id'] + key) }}
{%- endmacro -%}
