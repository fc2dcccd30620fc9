{#- A sum of doubles that does not depend on their order: each is rounded to so many decimals first. -#}
{%- macro exact_sum(value, over='', decimals=12) -%}
    cast(sum(cast({{ value }} as decimal(28, {{ decimals }}))){{ ' over (' ~ over ~ ')' if over }} as double)
{%- endmacro -%}
