{#- Schemas have plain names (staging, marts): one file holds one warehouse, so a prefix per target would only hide them. -#}
{%- macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema if custom_schema_name is none else custom_schema_name | trim }}
{%- endmacro -%}
