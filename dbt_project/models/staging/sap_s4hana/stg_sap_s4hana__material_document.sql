{{ staged_versions(
    system='sap_s4hana',
    entity='material_document',
    key=['document_year', 'material_document'],
    columns=[
        ['document_year', 'MaterialDocumentYear', 'text'],
        ['material_document', 'MaterialDocument', 'number'],
        ['document_date', 'DocumentDate', 'date'],
        ['posting_date', 'PostingDate', 'date'],
        ['created_date', 'CreationDate', 'date'],
        ['created_time', 'CreationTime', 'text'],
    ],
    has_children=true
) }}
