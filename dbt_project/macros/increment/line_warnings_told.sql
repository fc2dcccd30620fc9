{#- What told_anew compares with the warnings about lines as the last build told them. Each is a query for order buckets or connections; the
    named models are common table expressions of the same name. -#}

{%- macro line_episode_key() -%}
    {{ return(['order_bucket', 'purchase_order_line', 'schedule_line', 'rule_id', 'started_at']) }}
{%- endmacro -%}


{#- Orders with a line whose chance to be late is another than was told, or is told no more. -#}
{%- macro orders_of_other_chance(likely_late) -%}
    {%- set told_as = {'vendor_deliveries': 'likelihood_n'} -%}
    select now_likely.order_bucket
    from {{ likely_late }} as now_likely
    left join {{ as_left_by_last_build('early_warning') }} as told
        on {{ same_key('now_likely', 'told', line_episode_key()) }}
    where
        {%- for name in [
            'cleared_at', 'clear_reason', 'late_probability', 'late_probability_low', 'late_probability_high', 'usual_late_share',
            'vendor_deliveries', 'value_at_start', 'latest_promise_date', 'category', 'is_strategic'
        ] %}
        {{ 'or ' if not loop.first }}{{ differs('now_likely.' ~ name, 'told.' ~ told_as.get(name, name)) }}
        {%- endfor %}
    union
    select told.order_bucket
    from {{ as_left_by_last_build('early_warning') }} as told
    left join {{ likely_late }} as now_likely
        on {{ same_key('told', 'now_likely', line_episode_key()) }}
    where told.rule_id = 'likely_late' and now_likely.order_bucket is null
{%- endmacro -%}


{#- Orders with a line whose stock is other than was told. A line that is too small to be told without it is told where stock is short. -#}
{%- macro orders_of_other_stock(covers) -%}
    select now_covered.order_bucket
    from {{ covers }} as now_covered
    left join {{ as_left_by_last_build('early_warning') }} as told
        on {{ same_key('now_covered', 'told', line_episode_key()) }}
    where
        case
            when told.order_bucket is null then now_covered.stock_verdict = 'short'
            else
                {{ differs('now_covered.stock_verdict', 'told.stock_verdict') }}
                or {{ differs('now_covered.cover_days', 'told.stock_cover_days') }}
                or {{ differs('now_covered.stock_date', 'told.stock_date') }}
        end
    union
    select told.order_bucket
    from {{ as_left_by_last_build('early_warning') }} as told
    left join {{ covers }} as now_covered
        on {{ same_key('told', 'now_covered', line_episode_key()) }}
    where told.stock_verdict is not null and now_covered.order_bucket is null
{%- endmacro -%}


{#- Connections that are muted otherwise than their warnings say. -#}
{%- macro connections_muted_otherwise(stale_feeds, vendors) -%}
    select vendors_of_muted.connection_id
    from (
        select distinct
            vendor_key,
            rule_id,
            mute_reason
        from {{ as_left_by_last_build('early_warning') }}
        where mute_reason is not null
    ) as told_as_muted
    inner join {{ vendors }} as vendors_of_muted on told_as_muted.vendor_key = vendors_of_muted.vendor_key
    left join {{ stale_feeds }} as stale
        on vendors_of_muted.connection_id = stale.connection_id and told_as_muted.rule_id = stale.rule_id
    where {{ differs('told_as_muted.mute_reason', 'stale.mute_reason') }}
    union
    select muted_now.connection_id
    from {{ as_left_by_last_build('early_warning') }} as told
    inner join (
        select
            stale_vendors.vendor_key,
            stale.rule_id,
            stale.connection_id
        from {{ stale_feeds }} as stale
        inner join {{ vendors }} as stale_vendors on stale.connection_id = stale_vendors.connection_id
    ) as muted_now
        on told.vendor_key = muted_now.vendor_key and told.rule_id = muted_now.rule_id
    where told.mute_reason is null
{%- endmacro -%}
