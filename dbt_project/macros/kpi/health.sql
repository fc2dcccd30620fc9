{#- The pillars of a vendor's health, in the order of the columns. -#}
{%- macro health_pillars() -%}
    {{ return(['delivery', 'quality', 'cost', 'service', 'innovation', 'relationship']) }}
{%- endmacro -%}


{#- Points from 0 to 100 on the line through floor (0), target (70) and stretch (100), whichever way is better. -#}
{%- macro health_points(value) -%}
    case
        when {{ value }} is null then null
        when (stretch_value > floor_value and {{ value }} >= target_value) or (stretch_value < floor_value and {{ value }} <= target_value)
            then least(70 + 30 * ({{ value }} - target_value) / (stretch_value - target_value), 100)
        else greatest(70 * ({{ value }} - floor_value) / (target_value - floor_value), 0)
    end
{%- endmacro -%}


{#- A bound of the 80 % interval of a share of `successes` in `trials`, which need not be whole: Wilson's, with
    1.2816, whose square is 1.64249856. Sign is -1 or 1. -#}
{%- macro share_bound_80(successes, trials, sign) -%}
    (
        {{ successes }} + 0.82124928
        {{ '-' if sign < 0 else '+' }} 1.2816 * sqrt(greatest({{ successes }} * ({{ trials }} - {{ successes }}) / {{ trials }}, 0) + 0.41062464)
    ) / ({{ trials }} + 1.64249856)
{%- endmacro -%}


{#- A bound of the 80 % interval of a rate whose shape and exposure are known: Wilson and Hilferty's cube root of the gamma distribution. -#}
{%- macro rate_bound_80(shape, exposure, sign) -%}
    {{ shape }} * power(
        greatest(1 - 1 / (9 * {{ shape }}) {{ '-' if sign < 0 else '+' }} 1.2816 / (3 * sqrt({{ shape }})), 0), 3
    ) / {{ exposure }}
{%- endmacro -%}
