{#- What a warning about a vendor says in one sentence, from the columns of its figures. -#}
{%- macro vendor_warning_sentence() -%}
    {%- set counted = {
        'delivery_slip': 'deliveries were late or are not booked after promise and grace',
        'lead_time_growth': 'order lines took longer than three quarters of those of the year before',
        'lot_rejections': 'inspected lots were rejected',
        'quality_notifications': 'receipts and complaints are complaints',
        'service_breaches': 'tickets missed their target',
        'service_slowdown': 'tickets took longer than three quarters of those of the year before',
        'price_jump': 'invoice lines cost more than the last price paid',
        'relationship_drop': 'answers of the vendor do not recommend us',
    } -%}
    case
        -- announced as late, and not due yet
        when figures.amount = 0
            then {{ whole_number('figures.announced') }} || ' deliveries were announced to come later, before they were due,'
        when figures.rule_id = 'quality_dip'
            then
                {{ whole_number('figures.bad') }} || ' of ' || {{ whole_number('figures.amount') }} || ' lots had defective units ('
                || {{ whole_number('figures.observed_share * 1000000') }} || ' ppm)'
        {%- for rule_id, words in counted.items() %}
        when figures.rule_id = '{{ rule_id }}'
            then
                {{ whole_number('figures.bad') }} || ' of ' || {{ whole_number('figures.amount') }} || ' {{ words }} ('
                || {{ whole_number('figures.observed_share * 100') }} || ' %)'
        {%- endfor %}
    end
    || case
        when figures.amount > 0 and figures.announced > 0 and figures.cleared_date is null
            then ', and ' || {{ whole_number('figures.announced') }} || ' more, not due yet, were announced to come later,'
        else ''
    end
    || ' since ' || cast(figures.since_date as string) || ', where '
    || case figures.unit
        when 'ppm' then {{ whole_number('figures.usual_share * 1000000') }} || ' ppm'
        else {{ whole_number('figures.usual_share * 100') }} || ' %'
    end
    || ' are usual for the vendor'
    || case
        when figures.cleared_date is null then '.'
        when figures.clear_reason = 'recovered' then '; recovered on ' || cast(figures.cleared_date as string) || '.'
        else '; nothing more was known of it by ' || cast(figures.cleared_date as string) || '.'
    end
{%- endmacro -%}


{%- macro whole_number(expression) -%}
    cast(cast(round({{ expression }}) as bigint) as string)
{%- endmacro -%}
