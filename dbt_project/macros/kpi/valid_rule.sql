{#- The settings of a rule in a seed that are valid at the as-of time, or those of all its rules. -#}
{%- macro valid_rule(seed, rule_id=none) -%}
    select *
    from (
        select
            rules.*,
            row_number() over (partition by rules.rule_id order by rules.valid_from desc, rules.rule_version desc) as place
        from {{ ref(seed) }} as rules
        where rules.valid_from <= {{ as_of_date() }}{% if rule_id %} and rules.rule_id = '{{ rule_id }}'{% endif %}
    ) as valid
    where valid.place = 1
{%- endmacro -%}


{%- macro valid_threshold(rule_id) -%}
    {{ valid_rule('seed_alert_threshold', rule_id) }}
{%- endmacro -%}


{%- macro valid_vendor_rule(rule_id=none) -%}
    {{ valid_rule('seed_vendor_rule', rule_id) }}
{%- endmacro -%}


{%- macro valid_target_rule(rule_id) -%}
    {{ valid_rule('seed_target_rule', rule_id) }}
{%- endmacro -%}
