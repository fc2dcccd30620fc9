{% set document_key = ['connection_id', 'fiscal_year', 'invoice'] -%}

-- Canonical invoice lines. A document and its reversal both count nothing, also when only one of the two says so: the older one is
-- not read again when it is reversed.
with versions as (
    select * from {{ ref('stg_sap_s4hana__supplier_invoice') }}
),

item_versions as (
    select * from {{ ref('stg_sap_s4hana__supplier_invoice_item') }}
),

documents as (
    {{ newest_readable('versions', ['fiscal_year', 'invoice']) }}
),

items as (
    {{ newest_readable('item_versions', ['fiscal_year', 'invoice', 'invoice_line']) }}
),

reversed as (
    select
        connection_id,
        coalesce(reverse_fiscal_year, fiscal_year) as fiscal_year,
        reverse_document as invoice
    from documents
    where reverse_document is not null and not _deleted
    union
    select
        connection_id,
        fiscal_year,
        invoice
    from documents
    where reverse_document is not null and not _deleted
)

select
    items.connection_id,
    items.fiscal_year,
    items.invoice,
    items.invoice_line,
    items.purchase_order,
    items.purchase_order_line,
    items.plant,
    documents.connection_id || ':' || documents.vendor_number as vendor_key,
    documents.company_code,
    documents.currency,
    documents.document_date,
    documents.posting_date,
    documents.created_date,
    coalesce(documents.is_credit_memo = 'X', false) as is_credit_memo,
    coalesce(items.is_subsequent = 'X', false) as is_subsequent,
    reversed.invoice is not null as is_reversed,
    items.quantity_unit,
    items.amount,
    items.quantity,
    items.is_newest_unreadable or documents.is_newest_unreadable as is_newest_unreadable
from items
inner join documents
    on {{ same_key('items', 'documents', document_key) }}
left join reversed
    on {{ same_key('items', 'reversed', document_key) }}
where
    not documents._deleted
    and not items._deleted
    and items.purchase_order is not null
    -- an invoice that is read again replaces all of its lines
    and (items.is_newest_unreadable or items._seen_extracted_at >= documents._seen_extracted_at)
