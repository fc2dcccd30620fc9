{{ staged_versions(
    system='sap_s4hana',
    entity='purchase_contract_item',
    key=['contract', 'contract_line'],
    columns=[
        ['contract', 'PurchaseContract', 'number'],
        ['contract_line', 'PurchaseContractItem', 'number'],
        ['material', 'Material', 'number'],
        ['plant', 'Plant', 'text'],
        ['target_quantity', 'TargetQuantity', 'decimal(13,3)'],
        ['quantity_unit', 'OrderQuantityUnit', 'text'],
        ['net_price', 'ContractNetPriceAmount', 'decimal(14,3)'],
        ['price_unit_quantity', 'NetPriceQuantity', 'decimal(5,0)'],
    ]
) }}
