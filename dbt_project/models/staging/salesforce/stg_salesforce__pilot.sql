{{ staged_versions(
    system='salesforce',
    entity='pilot',
    key=['pilot_id'],
    columns=[
        ['pilot_id', 'Id', 'text'],
        ['pilot_number', 'Name', 'text'],
        ['account_id', 'Account__c', 'text'],
        ['title', 'Title__c', 'text'],
        ['proposal_id', 'Proposal__c', 'text'],
        ['status', 'Status__c', 'text'],
        ['start_date', 'Start_Date__c', 'date'],
        ['end_date', 'End_Date__c', 'date'],
        ['goal', 'Goal__c', 'text'],
        ['budget', 'Budget__c', 'decimal(18,2)'],
        ['currency', 'CurrencyIsoCode', 'text'],
        ['outcome', 'Outcome__c', 'text'],
        ['lesson_learned', 'Lesson_Learned__c', 'text'],
        ['created_at', 'CreatedDate', 'timestamp'],
    ]
) }}
