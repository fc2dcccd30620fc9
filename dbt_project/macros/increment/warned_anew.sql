{#- The orders whose warnings this build must tell anew, as named queries: touched ones, those that count a day more, and all of a
    connection that is muted otherwise than its warnings say. `stale_feeds` gives connection_id and mute_reason of what is muted. Empty
    in a build that makes all. -#}
{%- macro warned_anew_query(stale_feeds) -%}
    {%- if not makes_all_orders() -%}
    told_reasons as (
        select distinct
            vendor_key,
            mute_reason
        from {{ this }}
    ),

    muted_otherwise as (
        select vendors.connection_id
        from told_reasons
        inner join {{ ref('dim_vendor') }} as vendors on told_reasons.vendor_key = vendors.vendor_key
        left join {{ stale_feeds }} on vendors.connection_id = {{ stale_feeds }}.connection_id
        where {{ differs('told_reasons.mute_reason', stale_feeds ~ '.mute_reason') }}
    ),

    warned_anew as (
        select order_bucket from {{ ref('int_erp__touched_order') }}
        union
        select order_bucket from {{ ref('int_early_warning__episode') }}
        where
            (counts_since is not null and started_at < {{ as_of() }})
            or connection_id in (select muted_otherwise.connection_id from muted_otherwise)
    ),
    {%- endif -%}
{%- endmacro -%}


{#- The rows of these orders; all of them in a build that makes all. -#}
{%- macro warned_anew(relation) -%}
    {%- if makes_all_orders() -%}
    {{ relation }}
    {%- else -%}
    (
        select rows_of_all.*
        from {{ relation }} as rows_of_all
        where rows_of_all.order_bucket in (select warned_anew.order_bucket from warned_anew)
    ) as told_anew
    {%- endif -%}
{%- endmacro -%}
