{#- Days before its date at which the chance of a line is judged anew, the first one first: it holds until the next. -#}
{%- macro likely_late_ages() -%}
    {{ return([21, 14, 7, 3, 1]) }}
{%- endmacro -%}
