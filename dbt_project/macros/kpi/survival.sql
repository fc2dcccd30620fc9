{#- Kaplan-Meier percentiles of a duration by key: what has not ended yet counts as lasting at least until now.

    relation has the columns of key, `duration`, and `is_event`: 1 where the duration ended, 0 where it was cut off (open at the as-of time).
    Gives n, events, and for each share p50, p50_lower, p50_upper and so on: the duration by which that share has ended with its 95 %
    interval (log-log); null where the curve, or its bound, does not come that far. -#}
{%- macro kaplan_meier(relation, key, shares=[0.5, 0.9]) -%}
{%- set columns = key | join(', ') -%}
    select
        {{ columns }},
        cast(sum(observations) as bigint) as n,
        cast(sum(events) as bigint) as events
        {%- for share in shares %}
        {%- set name = 'p' ~ (share * 100) | int %},
        {%- for bound, curve in {'': 'survival', '_lower': 'survival_lower', '_upper': 'survival_upper'}.items() %}
        min(case when {{ curve }} <= {{ 1 - share }} + 1e-9 then duration end) as {{ name ~ bound }}{{ ',' if not loop.last }}
        {%- endfor %}
        {%- endfor %}
    from (
        select
            *,
            case when survival > 0 and survival < 1 then power(survival, exp(1.96 * sqrt(variance) / -ln(survival))) else survival end as survival_lower,
            case when survival > 0 and survival < 1 then power(survival, exp(-1.96 * sqrt(variance) / -ln(survival))) else survival end as survival_upper
        from (
            select
                *,
                case
                    when max(case when events = at_risk then 1 else 0 end) over (
                        partition by {{ columns }} order by duration rows between unbounded preceding and current row
                    ) = 1 then 0
                    else exp(
                        sum(case when events < at_risk then ln(1 - events / at_risk) else 0 end) over (
                            partition by {{ columns }} order by duration rows between unbounded preceding and current row
                        )
                    )
                end as survival,
                sum(case when events < at_risk then events / (at_risk * (at_risk - events)) else 0 end) over (
                    partition by {{ columns }} order by duration rows between unbounded preceding and current row
                ) as variance
            from (
                select
                    *,
                    cast(
                        sum(observations) over (
                            partition by {{ columns }} order by duration desc rows between unbounded preceding and current row
                        ) as double
                    ) as at_risk
                from (
                    select
                        {{ columns }},
                        duration,
                        cast(sum(is_event) as double) as events,
                        count(*) as observations
                    from {{ relation }}
                    group by {{ columns }}, duration
                ) as durations
            ) as risks
        ) as curves
    ) as bounds
    group by {{ columns }}
{%- endmacro -%}
