{{ staged_versions(
    system='salesforce',
    entity='value_share_agreement',
    key=['value_share_agreement_id'],
    columns=[
        ['value_share_agreement_id', 'Id', 'text'],
        ['value_share_agreement_number', 'Name', 'text'],
        ['account_id', 'Account__c', 'text'],
        ['valid_from', 'Valid_From__c', 'date'],
        ['valid_to', 'Valid_To__c', 'date'],
        ['threshold_amount', 'Threshold_Amount__c', 'decimal(18,2)'],
        ['share_pct', 'Share_Pct__c', 'decimal(5,2)'],
        ['cap_amount', 'Cap_Amount__c', 'decimal(18,2)'],
        ['currency', 'CurrencyIsoCode', 'text'],
        ['quality_gate_ppm', 'Quality_Gate_Ppm__c', 'decimal(9,0)'],
        ['delivery_gate_pct', 'Delivery_Gate_Pct__c', 'decimal(5,2)'],
        ['clawback_pct', 'Clawback_Pct__c', 'decimal(5,2)'],
        ['created_at', 'CreatedDate', 'timestamp'],
    ]
) }}
