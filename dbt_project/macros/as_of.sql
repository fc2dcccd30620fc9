{#- The build's clock as a scalar: everything that depends on the day reads this and never the wall clock. -#}
{%- macro as_of() -%}
    (select build.as_of from {{ source('control', 'build') }} as build)
{%- endmacro -%}


{%- macro as_of_date() -%}
    (select cast(build.as_of as date) from {{ source('control', 'build') }} as build)
{%- endmacro -%}


{#- The day on which a date and some days more will have passed; null where they have. -#}
{%- macro passes_on(date, days, today) -%}
    case
        when {{ add_days(date, days ~ ' + 1') }} > {{ today }} then {{ add_days(date, days ~ ' + 1') }}
    end
{%- endmacro -%}


{#- Whether a date and some days more had passed when a row was written that is written anew on its `next_transition_at`, the first day on
    which such a date will have passed. Says the same on every day between. -#}
{%- macro had_passed(date, days, next_transition_at) -%}
    ({{ next_transition_at }} is null or {{ add_days(date, days ~ ' + 1') }} < {{ next_transition_at }})
{%- endmacro -%}
