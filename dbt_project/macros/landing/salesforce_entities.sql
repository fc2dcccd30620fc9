{%- macro salesforce_entities() -%}
    {{ return({
        'account': {'key': ['Id'], 'needed': []},
        'survey_response': {'key': ['Id'], 'needed': ['Score__c', 'Submitted_At__c']},
        'innovation_proposal': {'key': ['Id'], 'needed': ['Submitted_Date__c']},
        'pilot': {'key': ['Id'], 'needed': ['Start_Date__c']},
        'pilot_criterion': {'key': ['Id'], 'needed': ['Fixed_On__c']},
        'pilot_rating': {'key': ['Id'], 'needed': ['Rating__c']},
        'engagement': {'key': ['Id'], 'needed': ['Held_On__c']},
        'roadmap_item': {'key': ['Id'], 'needed': []},
        'joint_kpi': {'key': ['Id'], 'needed': ['Target_Value__c', 'Actual_Value__c']},
        'saving': {'key': ['Id'], 'needed': ['Validated_On__c', 'Validated_Amount__c']},
        'reinvestment': {'key': ['Id'], 'needed': ['Amount__c', 'Booked_On__c']},
        'contract_renewal': {'key': ['Id'], 'needed': ['Due_Date__c', 'Signed_On__c']},
        'value_share_agreement': {'key': ['Id'], 'needed': ['Threshold_Amount__c', 'Share_Pct__c', 'Cap_Amount__c']},
    }) }}
{%- endmacro -%}
