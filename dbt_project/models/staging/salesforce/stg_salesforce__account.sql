{{ staged_versions(
    system='salesforce',
    entity='account',
    key=['account_id'],
    columns=[
        ['account_id', 'Id', 'text'],
        ['account_name', 'Name', 'text'],
        ['account_number', 'AccountNumber', 'number'],
        ['account_type', 'Type', 'text'],
        ['vendor_category', 'Vendor_Category__c', 'text'],
        ['is_strategic', 'Strategic_Vendor__c', 'boolean'],
        ['segment', 'Segment__c', 'text'],
        ['parent_account_id', 'ParentId', 'text'],
        ['master_account_id', 'MasterRecordId', 'text'],
        ['created_at', 'CreatedDate', 'timestamp'],
    ]
) }}
