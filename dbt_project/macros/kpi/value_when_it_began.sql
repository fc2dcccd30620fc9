{#- What was open of a line when its episode began, in currency; received_at_start is joined. Of an unknown quantity the value is unknown,
    and not the 0 that greatest() makes of a null. -#}
{%- macro value_when_it_began(lines) -%}
    case
        when {{ lines }}.ordered_quantity is not null
            then greatest(
                {{ lines }}.ordered_quantity
                - greatest(coalesce(received_at_start.received_quantity, 0) - {{ lines }}.ordered_before, 0), 0
            )
    end * {{ lines }}.unit_price
{%- endmacro -%}


{#- What had been received of the line of each episode when it began. `key` tells episodes apart, the instant last. -#}
{%- macro received_when_it_began(key) -%}
    select
        episodes.{{ key | join(',\n        episodes.') }},
        sum(goods_receipts.received_quantity) as received_quantity
    from episodes
    inner join goods_receipts
        on
            episodes.order_bucket = goods_receipts.order_bucket
            and episodes.purchase_order_line = goods_receipts.purchase_order_line
            and episodes.{{ key | last }} >= goods_receipts.recorded_at
    group by episodes.{{ key | join(', episodes.') }}
{%- endmacro -%}
