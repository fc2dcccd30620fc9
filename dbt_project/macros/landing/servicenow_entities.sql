{%- macro servicenow_entities() -%}
    {{ return({
        'incident': {'key': ['sys_id'], 'needed': ['opened_at', 'resolved_at']},
    }) }}
{%- endmacro -%}
