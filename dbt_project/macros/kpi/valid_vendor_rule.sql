{#- The settings of a rule about vendors, or of all of them, that are valid at the as-of time. -#}
{%- macro valid_vendor_rule(rule_id=none) -%}
    select *
    from (
        select
            rules.*,
            row_number() over (partition by rules.rule_id order by rules.valid_from desc, rules.rule_version desc) as place
        from {{ ref('seed_vendor_rule') }} as rules
        where rules.valid_from <= {{ as_of_date() }}{% if rule_id %} and rules.rule_id = '{{ rule_id }}'{% endif %}
    ) as valid
    where valid.place = 1
{%- endmacro -%}
