{{ staged_versions(
    system='salesforce',
    entity='reinvestment',
    key=['reinvestment_id'],
    columns=[
        ['reinvestment_id', 'Id', 'text'],
        ['reinvestment_number', 'Name', 'text'],
        ['account_id', 'Account__c', 'text'],
        ['pool', 'Pool__c', 'text'],
        ['entry_type', 'Entry_Type__c', 'text'],
        ['amount', 'Amount__c', 'decimal(18,2)'],
        ['currency', 'CurrencyIsoCode', 'text'],
        ['booked_on', 'Booked_On__c', 'date'],
        ['saving_id', 'Saving__c', 'text'],
        ['pilot_id', 'Pilot__c', 'text'],
        ['purpose', 'Purpose__c', 'text'],
        ['created_at', 'CreatedDate', 'timestamp'],
    ]
) }}
