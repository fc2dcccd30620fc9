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


{#- What the newest header version of some orders names, of one kind: only orders with a part in doubt are taken apart, because an
    order names dozens. `columns` are the key of the part within its order. -#}
{%- macro named_children(purchase_orders, doubtful, entity, columns) -%}
    select distinct
        connection_id,
        purchase_order,
        {%- for name in columns %}
        {{ normalised_number(dbt.split_part('child_key', "'/'", loop.index + 1)) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            connection_id,
            purchase_order,
            {{ each_element('child_keys') }} as child_key
        from {{ purchase_orders }}
        where order_hash in (select order_hash from {{ doubtful }} where is_in_doubt)
    ) as named
    where {{ dbt.split_part('child_key', "'/'", 1) }} = '{{ entity }}'
{%- endmacro -%}
