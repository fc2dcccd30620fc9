{#- Own records: what this program published and alerted, landed like the rows of any source. -#}
{%- macro ecosystem_entities() -%}
    {{ return({
        'published_value': {'key': ['value_key'], 'needed': []},
        'published_batch': {'key': ['batch_id'], 'needed': []},
        'alert_event': {'key': ['event_key'], 'needed': []},
    }) }}
{%- endmacro -%}
