{{ staged_versions(
    system='salesforce',
    entity='contract_renewal',
    key=['contract_renewal_id'],
    columns=[
        ['contract_renewal_id', 'Id', 'text'],
        ['contract_renewal_number', 'Name', 'text'],
        ['account_id', 'Account__c', 'text'],
        ['contract_number', 'Contract_Number__c', 'text'],
        ['due_date', 'Due_Date__c', 'date'],
        ['decided_on', 'Decided_On__c', 'date'],
        ['signed_on', 'Signed_On__c', 'date'],
        ['outcome', 'Outcome__c', 'text'],
        ['term_months', 'Term_Months__c', 'decimal(4,0)'],
        ['annual_value', 'Annual_Value__c', 'decimal(18,2)'],
        ['currency', 'CurrencyIsoCode', 'text'],
        ['created_at', 'CreatedDate', 'timestamp'],
    ]
) }}
