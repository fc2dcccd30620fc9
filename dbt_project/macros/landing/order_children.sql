{#- Whether a part of an order was last seen before its newest header version: that version may no longer name it. A part that
    lands with a header has the times of the header, and one that landed after it is new. -#}
{%- macro seen_before_header(part, header) -%}
    {{ header }}_has_children
    and (
        {{ part }}._seen_ordered_at < {{ header }}_seen_changed_at
        or (
            {{ part }}._seen_ordered_at = {{ header }}_seen_changed_at
            and {{ part }}._seen_extracted_at < {{ header }}_seen_extracted_at
        )
    )
{%- endmacro -%}


{#- The parts of orders, of one kind, that the newest header version no longer names, with the time of the version that dropped them.
    What a version names can be read also where another field of it cannot. Only orders with a part in doubt are taken apart,
    because an order names dozens. `headers` are the versions of orders, `columns` the key of the part within its order. -#}
{%- macro dropped_children(headers, doubtful, entity, columns) -%}
    {%- set key = ['order_bucket'] + columns -%}
    select
        doubted.{{ key | join(',\n        doubted.') }},
        min(later._ordered_at) as dropped_at
    from {{ doubtful }} as doubted
    left join (
        select
            order_bucket,
            {%- for name in columns %}
            {{ normalised_number(dbt.split_part('child_key', "'/'", loop.index + 1)) }} as {{ name }},
            {%- endfor %}
            max(place) as last_place
        from (
            select
                order_bucket,
                place,
                {{ each_element('_child_keys') }} as child_key
            from ({{ placed_headers(headers, doubtful) }}) as placed
        ) as named
        where {{ dbt.split_part('child_key', "'/'", 1) }} = '{{ entity }}'
        group by
            order_bucket,
            {%- for name in columns %}
            {{ normalised_number(dbt.split_part('child_key', "'/'", loop.index + 1)) }}{{ ',' if not loop.last }}
            {%- endfor %}
    ) as names
        on {{ same_key('doubted', 'names', key) }}
    inner join ({{ placed_headers(headers, doubtful) }}) as later
        on
            doubted.order_bucket = later.order_bucket
            and later.place > coalesce(names.last_place, 0)
            and later._ordered_at >= doubted._seen_ordered_at
    where doubted.is_in_doubt
    group by doubted.{{ key | join(', doubted.') }}
{%- endmacro -%}


{#- Header versions of orders with a part in doubt, numbered from the oldest. -#}
{%- macro placed_headers(headers, doubtful) -%}
        select
            *,
            _order_bucket as order_bucket,
            row_number() over (
                partition by _order_bucket
                order by _ordered_at, _extracted_at, _batch_id, _row_number
            ) as place
        from {{ headers }}
        where _order_bucket in (select {{ doubtful }}.order_bucket from {{ doubtful }} where {{ doubtful }}.is_in_doubt)
{%- endmacro -%}
