{{ staged_versions(
    system='salesforce',
    entity='pilot_rating',
    key=['pilot_rating_id'],
    columns=[
        ['pilot_rating_id', 'Id', 'text'],
        ['pilot_criterion_id', 'Pilot_Criterion__c', 'text'],
        ['rater', 'Rater_Email__c', 'text'],
        ['rating', 'Rating__c', 'decimal(2,0)'],
        ['rated_at', 'Rated_At__c', 'timestamp'],
        ['created_at', 'CreatedDate', 'timestamp'],
    ]
) }}
