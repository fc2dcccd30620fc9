{#- The stages of every rule: those of its own, or those that all others share. -#}
{%- macro warning_stages() -%}
    select
        rules.rule_id,
        stages.stage,
        stages.share_of_bad,
        stages.share_of_good,
        stages.is_settled,
        stages.counts_as
    from (select distinct rule_id from {{ ref('seed_vendor_rule') }}) as rules
    inner join {{ ref('seed_warning_evidence') }} as stages
        on rules.rule_id = stages.rule_id or stages.rule_id = '*'
{%- endmacro -%}
