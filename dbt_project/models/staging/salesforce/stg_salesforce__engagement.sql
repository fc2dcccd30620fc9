{{ staged_versions(
    system='salesforce',
    entity='engagement',
    key=['engagement_id'],
    columns=[
        ['engagement_id', 'Id', 'text'],
        ['engagement_number', 'Name', 'text'],
        ['account_id', 'Account__c', 'text'],
        ['kind', 'Kind__c', 'text'],
        ['title', 'Title__c', 'text'],
        ['held_on', 'Held_On__c', 'date'],
        ['duration_days', 'Duration_Days__c', 'decimal(5,1)'],
        ['participants_ours', 'Participants_Ours__c', 'decimal(5,0)'],
        ['participants_vendor', 'Participants_Vendor__c', 'decimal(5,0)'],
        ['status', 'Status__c', 'text'],
        ['outcome', 'Outcome__c', 'text'],
        ['created_at', 'CreatedDate', 'timestamp'],
    ]
) }}
