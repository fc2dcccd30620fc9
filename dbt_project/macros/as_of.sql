{#- The build's clock as a scalar: everything that depends on the day reads this and never the wall clock. -#}
{%- macro as_of() -%}
    (select build.as_of from {{ source('control', 'build') }} as build)
{%- endmacro -%}


{%- macro as_of_date() -%}
    (select cast(build.as_of as date) from {{ source('control', 'build') }} as build)
{%- endmacro -%}
