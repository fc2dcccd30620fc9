{#- The newest version of each key in which every needed field could be read, with `is_newest_unreadable` where a newer one exists. -#}
{%- macro newest_readable(versions, key) -%}
    {%- set newest_first = '_ordered_at desc, _extracted_at desc, _batch_id desc, _row_number desc' -%}
    {%- set partition = (['connection_id'] + key) | join(', ') -%}
    select *
    from (
        select
            *,
            not first_value(_is_readable) over (
                partition by {{ partition }}
                order by {{ newest_first }}
            ) as is_newest_unreadable,
            row_number() over (
                partition by {{ partition }}
                order by case when _is_readable then 0 else 1 end, {{ newest_first }}
            ) as _recency
        from {{ versions }}
    ) as ranked
    where _recency = 1 and _is_readable
{%- endmacro -%}
