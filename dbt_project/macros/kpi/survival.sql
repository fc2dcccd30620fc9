{#- The Kaplan-Meier curve of a duration by key: the share that has not ended after each duration, with the log-log interval of
    Greenwood's variance. The one implementation of it: percentiles of tickets and quotations and the lead times of vendors read it.

    counts has one row for each duration of a key: the columns of key, `duration`, `events` (ended then), and `observations` (ended or
    cut off then). Other columns stay. Adds `survival`, `survival_lower`, `survival_upper`, and `events_so_far`, `events_in_all`,
    `next_duration`. -#}
{%- macro kaplan_meier_curve(counts, key) -%}
{%- set of_key = 'over (partition by ' ~ key | join(', ') ~ ' order by duration rows between ' -%}
{%- set so_far = of_key ~ 'unbounded preceding and current row)' -%}
    select
        *,
        -- at 1 there is nothing to bound; at 0 the variance is not known, and nothing bounds the curve from above
        case when ends_here then 0 else exp(log_survival) end as survival,
        case
            when ends_here then 0
            when log_survival < 0 then exp(log_survival * exp(1.96 * sqrt(variance) / -log_survival))
            else 1
        end as survival_lower,
        case
            when ends_here then null
            when log_survival < 0 then exp(log_survival * exp(-1.96 * sqrt(variance) / -log_survival))
            else 1
        end as survival_upper
    from (
        select
            *,
            -- the curve is a product of shares; where a share is 0 its logarithm does not exist, and the curve ends there
            events = at_risk as ends_here,
            sum(case when events < at_risk then ln(1 - events / at_risk) else 0 end) {{ so_far }} as log_survival,
            sum(case when events < at_risk then events / (at_risk * (at_risk - events)) else 0 end) {{ so_far }} as variance
        from (
            select
                *,
                -- what ended before is taken from all: windows that look back share one pass
                cast(
                    sum(observations) {{ of_key }}unbounded preceding and unbounded following)
                    - sum(observations) {{ so_far }} + observations as double
                ) as at_risk,
                lead(duration) over (partition by {{ key | join(', ') }} order by duration) as next_duration,
                sum(events) {{ so_far }} as events_so_far,
                sum(events) {{ of_key }}unbounded preceding and unbounded following) as events_in_all
            from {{ counts }}
        ) as risks
    ) as sums
{%- endmacro -%}


{#- The columns p50, p50_lower, p50_upper and so on of a curve grouped by its key: the duration by which that share has ended with its
    95 % interval; null where the curve, or its bound, does not come that far. -#}
{%- macro kaplan_meier_percentiles(shares) -%}
    {%- for share in shares -%}
    {%- for bound in ['', '_lower', '_upper'] %}
        -- 1e-9: the curve is a product of rounded logarithms, and a half must count as a half
        min(case when survival{{ bound }} <= {{ 1 - share }} + 1e-9 then duration end) as p{{ (share * 100) | int ~ bound }}
        {{- ',' if not loop.last }}
    {%- endfor -%}
    {{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro -%}


{#- Kaplan-Meier percentiles of a duration by key, with n and events: what has not ended yet counts as lasting at least until now.

    relation has the columns of key, `duration`, and `is_event`: 1 where the duration ended, 0 where it was cut off (open at the as-of
    time). -#}
{%- macro kaplan_meier(relation, key, shares=[0.5, 0.9]) -%}
{%- set columns = key | join(', ') -%}
{%- set counts -%}
            (
                select
                    {{ columns }},
                    duration,
                    sum(is_event) as events,
                    count(*) as observations
                from {{ relation }}
                group by {{ columns }}, duration
            ) as durations
{%- endset -%}
    select
        {{ columns }},
        cast(sum(observations) as bigint) as n,
        cast(sum(events) as bigint) as events,
        {{- kaplan_meier_percentiles(shares) }}
    from (
        {{ kaplan_meier_curve(counts, key) }}
    ) as curve
    group by {{ columns }}
{%- endmacro -%}
