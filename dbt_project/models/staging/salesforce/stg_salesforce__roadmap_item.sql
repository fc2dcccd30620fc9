{{ staged_versions(
    system='salesforce',
    entity='roadmap_item',
    key=['roadmap_item_id'],
    columns=[
        ['roadmap_item_id', 'Id', 'text'],
        ['roadmap_item_number', 'Name', 'text'],
        ['account_id', 'Account__c', 'text'],
        ['title', 'Title__c', 'text'],
        ['planned_start', 'Planned_Start__c', 'date'],
        ['planned_end', 'Planned_End__c', 'date'],
        ['actual_end', 'Actual_End__c', 'date'],
        ['investment', 'Investment__c', 'decimal(18,2)'],
        ['currency', 'CurrencyIsoCode', 'text'],
        ['our_share_pct', 'Our_Share_Pct__c', 'decimal(5,2)'],
        ['ip_terms', 'IP_Terms__c', 'text'],
        ['status', 'Status__c', 'text'],
        ['created_at', 'CreatedDate', 'timestamp'],
    ]
) }}
