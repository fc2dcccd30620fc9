{{ staged_versions(
    system='salesforce',
    entity='pilot_criterion',
    key=['pilot_criterion_id'],
    columns=[
        ['pilot_criterion_id', 'Id', 'text'],
        ['pilot_id', 'Pilot__c', 'text'],
        ['criterion_name', 'Name', 'text'],
        ['kind', 'Kind__c', 'text'],
        ['dimension', 'Dimension__c', 'text'],
        ['weight_pct', 'Weight_Pct__c', 'decimal(5,2)'],
        ['unit', 'Unit__c', 'text'],
        ['direction', 'Direction__c', 'text'],
        ['baseline_value', 'Baseline_Value__c', 'decimal(18,4)'],
        ['target_value', 'Target_Value__c', 'decimal(18,4)'],
        ['actual_value', 'Actual_Value__c', 'decimal(18,4)'],
        ['fixed_on', 'Fixed_On__c', 'date'],
        ['measured_on', 'Measured_On__c', 'date'],
        ['created_at', 'CreatedDate', 'timestamp'],
    ]
) }}
