{#- The interpolated percentile `share` (0 to 1) of values that were counted first, as `percentile` has it of rows: null without any.

    One row for each value of a group: value; so_far, the number of values up to it; in_all, the number of values. condition chooses the
    rows of a group that are meant. To the sixth decimal: a double between two whole days has others than the day that was meant. -#}
{%- macro percentile_of_counts(value, so_far, in_all, share, condition) -%}
    {%- set place = '(cast(' ~ in_all ~ ' - 1 as double) * ' ~ share ~ ')' -%}
    {%- set lower = 'min(case when ' ~ condition ~ ' and ' ~ so_far ~ ' > floor(' ~ place ~ ') then cast(' ~ value ~ ' as double) end)' -%}
    {%- set upper = lower | replace('floor', 'ceil') -%}
    round(
        {{ lower }}
        + ({{ upper }} - {{ lower }}) * max(case when {{ condition }} then {{ place }} - floor({{ place }}) end),
        6
    )
{%- endmacro -%}
