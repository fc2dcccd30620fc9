{#- Wilson's 95 % interval of a share: honest at 0 and 1 and for few observations; null without any. -#}
{%- macro wilson_lower(successes, trials) -%}
    greatest(
        ({{ successes }} + 1.9208 - 1.96 * sqrt({{ successes }} * ({{ trials }} - {{ successes }}) / nullif(cast({{ trials }} as double), 0) + 0.9604))
        / nullif({{ trials }} + 3.8416, 3.8416),
        0
    )
{%- endmacro -%}


{%- macro wilson_upper(successes, trials) -%}
    least(
        ({{ successes }} + 1.9208 + 1.96 * sqrt({{ successes }} * ({{ trials }} - {{ successes }}) / nullif(cast({{ trials }} as double), 0) + 0.9604))
        / nullif({{ trials }} + 3.8416, 3.8416),
        1
    )
{%- endmacro -%}


{#- Half the width of a net promoter score's 95 % interval, in points: 196 * sqrt((p + d - (p - d)^2) / n). -#}
{%- macro nps_margin(promoters, detractors, votes) -%}
    196 * sqrt(
        greatest(
            ({{ promoters }} + {{ detractors }}) / nullif(cast({{ votes }} as double), 0)
            - power(({{ promoters }} - {{ detractors }}) / nullif(cast({{ votes }} as double), 0), 2),
            0
        )
        / nullif(cast({{ votes }} as double), 0)
    )
{%- endmacro -%}
