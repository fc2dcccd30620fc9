{%- macro salesforce_entities() -%}
    {{ return({
        'account': {'key': ['Id'], 'needed': []},
        'survey_response': {'key': ['Id'], 'needed': ['Score__c', 'Submitted_At__c']},
        'innovation_proposal': {'key': ['Id'], 'needed': ['Submitted_Date__c']},
    }) }}
{%- endmacro -%}
