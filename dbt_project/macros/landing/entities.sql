{#- What staging must know about each landed entity, as data.

    key: the fields that identify a row; a row without one of them cannot be placed and goes to quarantine.
    needed: fields without which a version says nothing useful; a version in which one could not be read is quarantined
        too, and readers keep the last readable version of its key.
    parent: the entity whose extraction lands this one. -#}
{%- macro landed_entities() -%}
    {{ return({
        'sap_s4hana': {
            'purchase_order': {'key': ['PurchaseOrder'], 'needed': ['PurchaseOrderDate']},
            'purchase_order_item': {
                'key': ['PurchaseOrder', 'PurchaseOrderItem'],
                'needed': ['OrderQuantity', 'NetPriceAmount', 'NetPriceQuantity', 'UnderdelivTolrtdLmtRatioInPct'],
                'parent': 'purchase_order',
            },
            'purchase_order_schedule_line': {
                'key': ['PurchaseOrder', 'PurchaseOrderItem', 'ScheduleLine'],
                'needed': ['ScheduleLineDeliveryDate', 'SchedLineStscDeliveryDate', 'ScheduleLineOrderQuantity'],
                'parent': 'purchase_order',
            },
            'material_document': {
                'key': ['MaterialDocumentYear', 'MaterialDocument'],
                'needed': ['PostingDate', 'CreationDate'],
            },
            'material_document_item': {
                'key': ['MaterialDocumentYear', 'MaterialDocument', 'MaterialDocumentItem'],
                'needed': ['QuantityInEntryUnit'],
                'parent': 'material_document',
            },
            'supplier': {'key': ['Supplier'], 'needed': []},
        },
        'salesforce': {
            'account': {'key': ['Id'], 'needed': []},
            'survey_response': {'key': ['Id'], 'needed': ['Score__c', 'Submitted_At__c']},
            'innovation_proposal': {'key': ['Id'], 'needed': ['Submitted_Date__c']},
        },
        'servicenow': {
            'incident': {'key': ['sys_id'], 'needed': ['opened_at', 'resolved_at']},
        },
    }) }}
{%- endmacro -%}


{#- True where a field of the key is null, empty or unreadable. -#}
{%- macro key_is_unreadable(system, entity) -%}
    {%- set fields = landed_entities()[system][entity]['key'] -%}
    (
        {%- for field in fields %}
        {{ 'or ' if not loop.first }}coalesce(trim({{ adapter.quote(field) }}), '') = ''
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
