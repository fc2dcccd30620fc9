-- Canonical inspection lots of goods receipts, with the usage decision where one was made.
with versions as (
    select * from {{ ref('stg_sap_s4hana__inspection_lot') }}
),

decision_versions as (
    select * from {{ ref('stg_sap_s4hana__usage_decision') }}
),

newest as (
    {{ newest_readable('versions', ['inspection_lot']) }}
),

decisions as (
    {{ newest_readable('decision_versions', ['inspection_lot']) }}
)

select
    newest.connection_id,
    newest.inspection_lot,
    newest.lot_type,
    newest.plant,
    newest.material,
    newest.vendor_number,
    newest.purchase_order,
    newest.purchase_order_line,
    newest.document_year,
    newest.material_document,
    newest.document_item,
    newest.created_date,
    newest.quantity_unit,
    newest.lot_quantity,
    newest.sample_quantity,
    newest.defective_quantity,
    newest.quantity_to_free,
    newest.quantity_to_blocked,
    newest.quantity_returned,
    decisions.decision_code,
    decisions.valuation,
    decisions.quality_score,
    decisions.decided_date,
    newest.is_newest_unreadable or coalesce(decisions.is_newest_unreadable, false) as is_newest_unreadable
from newest
left join decisions
    on
        newest.connection_id = decisions.connection_id
        and newest.inspection_lot = decisions.inspection_lot
        -- a decision that was taken back leaves the lot undecided
        and not decisions._deleted
where not newest._deleted
