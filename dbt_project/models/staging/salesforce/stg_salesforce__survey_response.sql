{{ staged_versions(
    system='salesforce',
    entity='survey_response',
    key=['response_id'],
    columns=[
        ['response_id', 'Id', 'text'],
        ['account_id', 'Account__c', 'text'],
        ['direction', 'Direction__c', 'text'],
        ['wave', 'Wave__c', 'text'],
        ['score', 'Score__c', 'decimal(4,1)'],
        ['respondent', 'Respondent_Email__c', 'text'],
        ['submitted_at', 'Submitted_At__c', 'timestamp'],
        ['created_at', 'CreatedDate', 'timestamp'],
    ]
) }}
