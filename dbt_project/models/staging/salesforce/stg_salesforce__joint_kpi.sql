{{ staged_versions(
    system='salesforce',
    entity='joint_kpi',
    key=['joint_kpi_id'],
    columns=[
        ['joint_kpi_id', 'Id', 'text'],
        ['joint_kpi_number', 'Name', 'text'],
        ['account_id', 'Account__c', 'text'],
        ['title', 'Title__c', 'text'],
        ['quarter_name', 'Quarter__c', 'text'],
        ['agreed_on', 'Agreed_On__c', 'date'],
        ['is_measurable', 'Is_Measurable__c', 'boolean'],
        ['unit', 'Unit__c', 'text'],
        ['direction', 'Direction__c', 'text'],
        ['baseline_value', 'Baseline_Value__c', 'decimal(18,4)'],
        ['target_value', 'Target_Value__c', 'decimal(18,4)'],
        ['actual_value', 'Actual_Value__c', 'decimal(18,4)'],
        ['status', 'Status__c', 'text'],
        ['created_at', 'CreatedDate', 'timestamp'],
    ]
) }}
