{{ staged_versions(
    system='salesforce',
    entity='innovation_proposal',
    key=['proposal_id'],
    columns=[
        ['proposal_id', 'Id', 'text'],
        ['proposal_number', 'Name', 'text'],
        ['account_id', 'Account__c', 'text'],
        ['title', 'Title__c', 'text'],
        ['problem', 'Problem__c', 'text'],
        ['benefit_estimate', 'Benefit_Estimate__c', 'decimal(18,2)'],
        ['currency', 'CurrencyIsoCode', 'text'],
        ['proposal_owner', 'Proposal_Owner__c', 'text'],
        ['next_step', 'Next_Step__c', 'text'],
        ['cost_to_implement', 'Cost_To_Implement__c', 'decimal(18,2)'],
        ['days_to_implement', 'Time_To_Implement_Days__c', 'decimal(9,0)'],
        ['status', 'Status__c', 'text'],
        ['submitted_date', 'Submitted_Date__c', 'date'],
        ['first_feedback_at', 'First_Feedback_At__c', 'timestamp'],
        ['created_at', 'CreatedDate', 'timestamp'],
    ]
) }}
