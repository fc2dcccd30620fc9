{%- macro servicenow_entities() -%}
    {{ return({
        'incident': {'key': ['sys_id'], 'needed': ['opened_at', 'resolved_at']},
        'task_sla': {'key': ['sys_id'], 'needed': ['planned_end_time']},
        'metric_instance': {'key': ['sys_id'], 'needed': ['start', 'end']},
        'outage': {'key': ['sys_id'], 'needed': ['begin', 'end']},
        'configuration_item': {'key': ['sys_id'], 'needed': []},
    }) }}
{%- endmacro -%}
