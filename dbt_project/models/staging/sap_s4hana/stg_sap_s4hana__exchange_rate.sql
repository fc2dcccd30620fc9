{{ staged_versions(
    system='sap_s4hana',
    entity='exchange_rate',
    key=['exchange_rate_type', 'source_currency', 'target_currency', 'valid_from'],
    columns=[
        ['exchange_rate_type', 'ExchangeRateType', 'text'],
        ['source_currency', 'SourceCurrency', 'text'],
        ['target_currency', 'TargetCurrency', 'text'],
        ['valid_from', 'ValidityStartDate', 'date'],
        ['exchange_rate', 'ExchangeRate', 'decimal(14,5)'],
        ['source_currency_units', 'NumberOfSourceCurrencyUnits', 'decimal(9,0)'],
        ['target_currency_units', 'NumberOfTargetCurrencyUnits', 'decimal(9,0)'],
    ]
) }}
