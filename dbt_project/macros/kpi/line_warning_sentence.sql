{#- What a warning about a line says in one sentence, from the columns of its episode. -#}
{%- macro line_warning_sentence() -%}
    case rule_id
        when 'promise_moved_later'
            then
                'The delivery date moved from ' || coalesce(cast(previous_promise_date as string), 'an unknown date')
                || ' to ' || cast(latest_promise_date as string)
                || '; the first promise was ' || coalesce(cast(first_promise_date as string), 'not given')
        when 'no_confirmation'
            then
                'Ordered and not confirmed ' || cast(days as string) || ' days later; the date in the order is '
                || cast(latest_promise_date as string)
        when 'likely_late'
            then
                'Due ' || cast(latest_promise_date as string) || case when is_moved then ', moved later before,' else '' end
                || ' and not received ' || cast(age_days as string) || ' days before it; of such deliveries '
                || cast(vendor_late_deliveries as string) || ' of ' || cast(vendor_deliveries as string) || ' of the vendor and '
                || cast(category_late_deliveries as string) || ' of ' || cast(category_deliveries as string)
                || ' of its category came late: weighed, ' || {{ whole_number('late_probability * 100') }}
                || ' % (95 % interval ' || {{ whole_number('late_probability_low * 100') }} || ' to '
                || {{ whole_number('late_probability_high * 100') }} || ' %), where '
                || {{ whole_number('usual_late_share * 100') }} || ' % are usual in the category'
        else
            'Promised for ' || cast(latest_promise_date as string) || ' and not delivered in full '
            || cast(days as string) || ' days later'
    end
    || case
        when stock_verdict in ('short', 'ample') and stock_cover_days is not null
            then '; stock of ' || cast(stock_date as string) || ' covers ' || cast(stock_cover_days as string) || ' days'
        else ''
    end
    || case
        when cleared_at is null
            then
                '; ' || cast(open_quantity as string) || coalesce(' ' || quantity_unit, '')
                || coalesce(' worth ' || cast(cast(open_value as decimal(18, 2)) as string) || coalesce(' ' || currency, ''), '')
                || ' still open.'
        else
            '; ended as ' || replace(clear_reason, '_', ' ') || ' on ' || cast(cast(cleared_at as date) as string) || '.'
    end
{%- endmacro -%}


{#- The columns of an episode that early_warning reads. -#}
{%- macro columns_of_line_episode() -%}
    {{ return([
        'rule_id', 'rule_version', 'kpi_family', 'watch_min_days', 'alert_min_days', 'min_open_value', 'alert_min_value', 'order_bucket',
        'vendor_key', 'vendor_name', 'category', 'is_strategic', 'connection_id', 'purchase_order', 'purchase_order_line',
        'schedule_line', 'material', 'material_text', 'started_at', 'cleared_at', 'clear_reason', 'first_promise_date',
        'previous_promise_date', 'latest_promise_date', 'ended_days', 'counts_since', 'open_quantity', 'quantity_unit', 'open_value',
        'currency', 'value_at_start',
    ]) }}
{%- endmacro -%}


{#- Those that only an episode of likely_late has, with their types. -#}
{%- macro columns_of_chance() -%}
    {{ return({
        'is_alert_reached': 'boolean', 'may_be_alert': 'boolean', 'age_days': 'integer', 'is_moved': 'boolean',
        'late_probability': 'double', 'late_probability_low': 'double', 'late_probability_high': 'double', 'usual_late_share': 'double',
        'vendor_deliveries': 'bigint', 'vendor_late_deliveries': 'bigint', 'category_deliveries': 'bigint', 'category_late_deliveries': 'bigint',
    }) }}
{%- endmacro -%}


{#- The same, null, for the episodes of other rules. -#}
{%- macro columns_without_chance() -%}
    {%- set found = [] -%}
    {%- for name, type in columns_of_chance().items() -%}{%- do found.append('cast(null as ' ~ type ~ ') as ' ~ name) -%}{%- endfor -%}
    {{ return(found) }}
{%- endmacro -%}
