{#- The part of a beta-binomial log likelihood that depends on the share; `likeness` is 1 / correlation - 1, the sum of the beta's two
    parameters. -#}
{%- macro beta_binomial_score(bad, pieces, share, likeness) -%}
    {%- set for_bad = share ~ ' * ' ~ likeness -%}
    {%- set for_good = '(1 - ' ~ share ~ ') * ' ~ likeness -%}
    {{ log_gamma(bad ~ ' + ' ~ for_bad) }} + {{ log_gamma(pieces ~ ' - ' ~ bad ~ ' + ' ~ for_good) }}
    - {{ log_gamma(for_bad) }} - {{ log_gamma(for_good) }}
{%- endmacro -%}
