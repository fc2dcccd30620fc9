{#- How much is missing to a target: votes before anything can be told, proposals, joint KPIs, or money; null where it is reached or nothing
    that could be counted is missing. A thousandth less is asked for, so that what is reached exactly needs no more. -#}
{%- macro target_missing(watched, reinvestments, settings) -%}
    nullif(
        case
            when {{ watched }}.metric_id = 'vendor_nps' and {{ watched }}.value is null
                then greatest({{ settings }}.nps_min_respondents - {{ watched }}.n, 0)
            when {{ watched }}.value is null or {{ watched }}.value >= {{ watched }}.target then null
            when {{ watched }}.outlook = 'grows'
                then ceil(({{ watched }}.target - {{ watched }}.value) * {{ watched }}.scale - 0.001)
            when {{ watched }}.outlook = 'decided'
                then ceil(({{ watched }}.target - {{ watched }}.value) * {{ watched }}.n - 0.001)
            when {{ watched }}.metric_id = 'savings_reinvested'
                then
                    round(
                        {{ watched }}.target * {{ reinvestments }}.validated_amount_rolling - {{ reinvestments }}.reinvested_amount_rolling, 2
                    )
        end, 0
    )
{%- endmacro -%}


{#- What target_missing counts. -#}
{%- macro target_missing_unit(missed) -%}
    case
        when {{ missed }}.missing is null then null
        when {{ missed }}.value is null then 'votes'
        when {{ missed }}.outlook = 'grows' then 'proposals'
        when {{ missed }}.outlook = 'decided' then 'joint KPIs'
        else {{ missed }}.company_currency
    end
{%- endmacro -%}


{#- What a warning about a target says: where it stands, what is expected, and what is missing. -#}
{%- macro target_sentence(judged) -%}
    {{ judged }}.metric_name
    || case
        when {{ judged }}.value is null then ': cannot be told'
        else ': ' || {{ target_figure(judged, 'value') }}
    end
    || case when {{ judged }}.is_over then ' at the end' else ' so far' end
    || ' (n ' || cast(coalesce({{ judged }}.n, 0) as string) || '), target ' || {{ target_figure(judged, 'target') }} || '.'
    || case
        when {{ judged }}.is_over or {{ judged }}.expected_at_end is null then ''
        else
            ' Expected at the end on ' || cast({{ judged }}.quarter_end_date as string) || ': '
            || {{ target_figure(judged, 'expected_at_end') }}
            || case
                when {{ judged }}.expected_low < {{ judged }}.expected_high
                    then ' (' || {{ target_figure(judged, 'expected_low') }} || ' to ' || {{ target_figure(judged, 'expected_high') }} || ')'
                else ''
            end
            || '.'
    end
    || case
        when {{ judged }}.is_over or not {{ judged }}.is_at_risk or {{ judged }}.missing is null then ''
        when {{ judged }}.outlook = 'decided' and {{ judged }}.missing > {{ judged }}.undecided
            then
                ' It can no longer be met: ' || {{ whole_number(judged ~ '.missing') }} || ' more would have to be achieved, and '
                || {{ whole_number(judged ~ '.undecided') }} || ' are undecided.'
        when {{ judged }}.outlook = 'decided'
            then
                ' Of ' || {{ whole_number(judged ~ '.undecided') }} || ' undecided ones ' || {{ whole_number(judged ~ '.missing') }}
                || ' must be achieved.'
        else ' Missing: ' || {{ whole_number(judged ~ '.missing') }} || ' ' || {{ judged }}.missing_unit || '.'
    end
{%- endmacro -%}


{#- A figure of a target as its unit is spoken. -#}
{%- macro target_figure(judged, name) -%}
    case {{ judged }}.unit
        when 'share' then cast(cast(100 * {{ judged }}.{{ name }} as decimal(18, 1)) as string) || ' %'
        when 'points' then cast(cast({{ judged }}.{{ name }} as decimal(18, 1)) as string)
        else cast(cast({{ judged }}.{{ name }} as decimal(18, 2)) as string)
    end
{%- endmacro -%}


{#- A figure of the end of a quarter by what its rest can do to the metric. -#}
{%- macro figure_by_outlook(of_count, of_list, of_rest) -%}
    round(
        case outlook
            when 'grows' then {{ of_count }}
            when 'decided' then {{ of_list }}
            else {{ of_rest }}
        end, 9
    )
{%- endmacro -%}
