{#- The thresholds of a rule that are valid at the as-of time. -#}
{%- macro valid_threshold(rule_id) -%}
    select *
    from (
        select
            thresholds.*,
            row_number() over (order by thresholds.valid_from desc, thresholds.rule_version desc) as place
        from {{ ref('seed_alert_threshold') }} as thresholds
        where thresholds.rule_id = '{{ rule_id }}' and thresholds.valid_from <= {{ as_of_date() }}
    ) as valid
    where valid.place = 1
{%- endmacro -%}
