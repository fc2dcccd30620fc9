{#- Rows with `number` from 0 to 10 ** digits - 1. -#}
{%- macro number_series(digits) -%}
    select
        {%- for place in range(digits) %}
        {{ '+ ' if not loop.first }}{{ 10 ** place }} * digits_{{ place }}.digit{{ ' as number' if loop.last }}
        {%- endfor %}
    from {% for place in range(digits) -%}
        {{ '\n    cross join ' if not loop.first }}({{ ten_digits() }}) as digits_{{ place }}
    {%- endfor %}
{%- endmacro -%}


{%- macro ten_digits() -%}
    {%- for digit in range(10) -%}
        {{ ' union all ' if not loop.first }}select {{ digit }} as digit
    {%- endfor -%}
{%- endmacro -%}


{#- The union of the periods (starts_at, ends_at) of each key: what overlaps or touches becomes one. -#}
{%- macro merged_periods(relation, key) -%}
    select
        {{ key | join(', ') }},
        min(starts_at) as starts_at,
        max(ends_at) as ends_at
    from (
        select
            *,
            sum(_is_gap) over (
                partition by {{ key | join(', ') }}
                order by starts_at, ends_at
                rows between unbounded preceding and current row
            ) as _island
        from (
            select
                {{ key | join(', ') }},
                starts_at,
                ends_at,
                case
                    when starts_at > max(ends_at) over (
                        partition by {{ key | join(', ') }}
                        order by starts_at, ends_at
                        rows between unbounded preceding and 1 preceding
                    ) then 1
                    else 0
                end as _is_gap
            from {{ relation }}
        ) as periods
    ) as islands
    group by {{ key | join(', ') }}, _island
{%- endmacro -%}


{#- Whole seconds from one instant to another. -#}
{%- macro seconds_between(first, second) -%}
    {{ dbt.datediff(first, second, 'second') }}
{%- endmacro -%}


{#- The minute of the day of a text like 08:30; 24:00 is the end of the day. -#}
{%- macro minute_of_day(expression) -%}
    cast(substr({{ expression }}, 1, 2) as integer) * 60 + cast(substr({{ expression }}, 4, 2) as integer)
{%- endmacro -%}


{#- The weekday of a date, 1 for Monday to 7 for Sunday. -#}
{%- macro weekday_of(expression) -%}
    mod({{ days_between("cast('1900-01-01' as date)", expression) }}, 7) + 1
{%- endmacro -%}


{#- The offsets of time zones by the local time from which they hold. Of an hour that comes twice the second is meant; one that is left
    out counts by the offset before it. -#}
{%- macro local_offsets() -%}
    select
        time_zone,
        utc_offset_minutes,
        {{ dbt.dateadd('minute', 'utc_offset_minutes', 'valid_from') }} as local_from,
        lead({{ dbt.dateadd('minute', 'utc_offset_minutes', 'valid_from') }}) over (
            partition by time_zone
            order by valid_from
        ) as local_to
    from {{ ref('seed_time_zone_offset') }}
{%- endmacro -%}


{#- Joins a local time with the offset that holds then. -#}
{%- macro offset_holds(offsets, time_zone, local_time) -%}
    {{ time_zone }} = {{ offsets }}.time_zone
    and {{ local_time }} >= {{ offsets }}.local_from
    and ({{ local_time }} < {{ offsets }}.local_to or {{ offsets }}.local_to is null)
{%- endmacro -%}
