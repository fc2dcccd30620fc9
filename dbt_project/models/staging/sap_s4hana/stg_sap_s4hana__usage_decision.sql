{{ staged_versions(
    system='sap_s4hana',
    entity='usage_decision',
    key=['inspection_lot'],
    columns=[
        ['inspection_lot', 'InspectionLot', 'number'],
        ['decision_code', 'InspectionLotUsageDecisionCode', 'text'],
        ['valuation', 'InspLotUsageDecisionValuation', 'text'],
        ['quality_score', 'InspectionLotQualityScore', 'decimal(3,0)'],
        ['decided_date', 'InspectionLotUsageDecidedOn', 'date'],
    ]
) }}
