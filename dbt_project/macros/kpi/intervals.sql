{#- Wilson's 95 % interval of a share: honest at 0 and 1 and for few observations; null without any, because greatest() and least()
    skip nulls and would make 0 and 1 of them. -#}
{%- macro wilson_lower(successes, trials) -%}
    case when {{ trials }} > 0 then greatest(({{ wilson_centre(successes) }} - {{ wilson_margin(successes, trials) }}) / ({{ trials }} + 3.8416), 0) end
{%- endmacro -%}


{%- macro wilson_upper(successes, trials) -%}
    case when {{ trials }} > 0 then least(({{ wilson_centre(successes) }} + {{ wilson_margin(successes, trials) }}) / ({{ trials }} + 3.8416), 1) end
{%- endmacro -%}


{#- 1.96 squared is 3.8416, its half 1.9208, its quarter 0.9604. -#}
{%- macro wilson_centre(successes) -%}
    {{ successes }} + 1.9208
{%- endmacro -%}


{%- macro wilson_margin(successes, trials) -%}
    1.96 * sqrt({{ successes }} * ({{ trials }} - {{ successes }}) / cast({{ trials }} as double) + 0.9604)
{%- endmacro -%}


{#- Half the width of a net promoter score's 95 % interval, in points: 196 * sqrt((p + d - (p - d)^2) / n); null without votes. -#}
{%- macro nps_margin(promoters, detractors, votes) -%}
    case
        when {{ votes }} > 0
            then 196 * sqrt(
                greatest(
                    ({{ promoters }} + {{ detractors }}) / cast({{ votes }} as double)
                    - power(({{ promoters }} - {{ detractors }}) / cast({{ votes }} as double), 2),
                    0
                )
                / cast({{ votes }} as double)
            )
    end
{%- endmacro -%}


{#- Byar's 95 % interval of a count of rare events: close to the exact Poisson one, and needs no gamma quantile. For rates such as
    defects per million, whose numerator and denominator may come from different months and so form no share. -#}
{%- macro poisson_lower(events) -%}
    case
        when {{ events }} > 0
            then {{ events }} * power(greatest(1 - 1 / (9 * cast({{ events }} as double)) - 1.96 / (3 * sqrt({{ events }})), 0), 3)
        when {{ events }} = 0 then 0
    end
{%- endmacro -%}


{%- macro poisson_upper(events) -%}
    ({{ events }} + 1) * power(1 - 1 / (9 * cast({{ events }} + 1 as double)) + 1.96 / (3 * sqrt({{ events }} + 1)), 3)
{%- endmacro -%}
