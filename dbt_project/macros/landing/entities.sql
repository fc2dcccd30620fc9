{#- What staging must know about each landed entity, as data.

    key: the fields that identify a row; a row without one of them cannot be placed and goes to quarantine.
    may_be_empty: those of them in which an empty text is a value like another; staging declares them as 'code'.
    needed: fields without which a version says nothing useful; a version in which one could not be read is quarantined
        too, and readers keep the last readable version of its key.
    parent: the entity whose extraction lands this one. -#}
{%- macro landed_entities() -%}
    {{ return({
        'sap_s4hana': sap_s4hana_entities(),
        'salesforce': salesforce_entities(),
        'servicenow': servicenow_entities(),
        'ecosystem': ecosystem_entities(),
    }) }}
{%- endmacro -%}


{#- The fields of the key without which a row cannot be placed. -#}
{%- macro indispensable_key(system, entity) -%}
    {%- set rules = landed_entities()[system][entity] -%}
    {{ return(rules['key'] | reject('in', rules.get('may_be_empty', [])) | list) }}
{%- endmacro -%}


{#- True where a field of the key is null, empty or unreadable. -#}
{%- macro key_is_unreadable(system, entity) -%}
    {%- set fields = indispensable_key(system, entity) -%}
    (
        {%- for field in fields %}
        {{ 'or ' if not loop.first }}coalesce(trim(cast({{ adapter.quote(field) }} as string)), '') = ''
        {%- endfor %}
    )
{%- endmacro -%}


{#- True where a needed field could not be read; its raw text stands in _unreadable. -#}
{%- macro version_is_unreadable(system, entity) -%}
    {%- set fields = landed_entities()[system][entity]['needed'] -%}
    {%- if not fields -%}
    false
    {%- else -%}
    (
        _unreadable is not null
        and (
            {%- for field in fields %}
            {{ 'or ' if not loop.first }}{{ json_value('_unreadable', field) }} is not null
            {%- endfor %}
        )
    )
    {%- endif -%}
{%- endmacro -%}
