{#- Since when the newest readable version of a key holds a condition without a break: the time of the version that began it. Keys with one
    version need no row here, and keys of which the newest version does not hold it get none. `newest` is what newest_readable gave, and
    rows carry their _order_bucket. -#}
{%- macro holds_since(versions, newest, key, condition) -%}
    {%- set partition = version_key(key) | join(', ') -%}
    select
        {{ partition }},
        min(_ordered_at) as since
    from (
        select
            *,
            sum(case when {{ condition }} then 0 else 1 end) over (
                partition by {{ partition }}
                order by _ordered_at desc, _extracted_at desc, _batch_id desc, _row_number desc
                rows between unbounded preceding and current row
            ) as breaks
        from {{ versions }}
        where
            _is_readable
            and not coalesce(_is_only, false)
            and _order_bucket in (select {{ newest }}._order_bucket from {{ newest }} where {{ condition }})
    ) as run
    where breaks = 0
    group by {{ partition }}
{%- endmacro -%}
