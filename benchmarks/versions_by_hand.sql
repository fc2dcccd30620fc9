-- The versions that the warehouse keeps of what landed, from which increments go on, as one would write them by hand for one full run:
-- each row that differs from the row before it of its key, with the last row that repeated it. {landing} is the folder of the ERP's
-- entities. In this history every row can be read.

create table stg_sap_s4hana__purchase_order_schedule_line as
with landed as (
    select
        _connection_id as connection_id, ltrim("PurchaseOrder", '0') as purchase_order,
        ltrim("PurchaseOrderItem", '0') as purchase_order_line, ltrim("ScheduleLine", '0') as schedule_line,
        "ScheduleLineDeliveryDate" as delivery_date, "SchedLineStscDeliveryDate" as statistics_date,
        "ScheduleLineOrderQuantity" as ordered_quantity, "PurchaseOrderQuantityUnit" as quantity_unit, _deleted, _unreadable,
        true as _is_readable, _extra, cast(_changed_at as timestamp) as _changed_at,
        cast(_extracted_at as timestamp) as _extracted_at, _batch_id, file_row_number as _row_number,
        cast(coalesce(_changed_at, _extracted_at) as timestamp) as _ordered_at,
        cast(hash(connection_id) % 1048576 as bigint) * 8796093022208 + cast(purchase_order as bigint) as _order_bucket,
        row(
            delivery_date, statistics_date, ordered_quantity, quantity_unit, _deleted
        ) as content
    from read_parquet('{landing}/purchase_order_schedule_line/*/*.parquet', file_row_number = true)
),
compared as (
    select *, content is distinct from lag(content) over arrived as begins
    from landed
    window arrived as (
        partition by connection_id, purchase_order, purchase_order_line, schedule_line
        order by _ordered_at, _extracted_at, _batch_id, _row_number
    )
),
numbered as (
    select *, count(*) filter (where begins) over arrived as version
    from compared
    window arrived as (
        partition by connection_id, purchase_order, purchase_order_line, schedule_line
        order by _ordered_at, _extracted_at, _batch_id, _row_number
    )
)
select
    * exclude (content, begins, version),
    max(version) over (partition by connection_id, purchase_order, purchase_order_line, schedule_line) = 1 as _is_only,
    last_value(_ordered_at) over repeated as _seen_ordered_at, last_value(_extracted_at) over repeated as _seen_extracted_at,
    last_value(_batch_id) over repeated as _seen_batch_id, last_value(_row_number) over repeated as _seen_row_number
from numbered
window repeated as (
    partition by connection_id, purchase_order, purchase_order_line, schedule_line, version
    order by _ordered_at, _extracted_at, _batch_id, _row_number
    rows between unbounded preceding and unbounded following
)
qualify begins;

create table stg_sap_s4hana__purchase_order_item as
with landed as (
    select
        _connection_id as connection_id, ltrim("PurchaseOrder", '0') as purchase_order,
        ltrim("PurchaseOrderItem", '0') as purchase_order_line, nullif("PurchasingDocumentDeletionCode", '') as deletion_code,
        "Plant" as plant, nullif(ltrim("Material", '0'), '') as material, "PurchaseOrderItemText" as material_text,
        "MaterialGroup" as material_group, "OrderQuantity" as ordered_quantity, "PurchaseOrderQuantityUnit" as quantity_unit,
        "NetPriceAmount" as net_price, "NetPriceQuantity" as price_unit_quantity, "OrderPriceUnit" as price_quantity_unit,
        "OrderPriceUnitToOrderUnitNmrtr" as price_unit_numerator, "OrdPriceUnitToOrderUnitDnmntr" as price_unit_denominator,
        nullif("PurchaseOrderItemCategory", '') as item_category, "GoodsReceiptIsExpected" as is_receipt_expected,
        nullif(ltrim("PurchaseContract", '0'), '') as contract, nullif(ltrim("PurchaseContractItem", '0'), '') as contract_line,
        "SupplierConfirmationControlKey" as confirmation_control_key, "IsCompletelyDelivered" as is_completely_delivered,
        "IsReturnsItem" as is_returns_item, "UnderdelivTolrtdLmtRatioInPct" as underdelivery_tolerance_pct,
        "OverdelivTolrtdLmtRatioInPct" as overdelivery_tolerance_pct, "PlannedDeliveryDurationInDays" as planned_delivery_days,
        _deleted, _unreadable, true as _is_readable, _extra, cast(_changed_at as timestamp) as _changed_at,
        cast(_extracted_at as timestamp) as _extracted_at, _batch_id, file_row_number as _row_number,
        cast(coalesce(_changed_at, _extracted_at) as timestamp) as _ordered_at,
        cast(hash(connection_id) % 1048576 as bigint) * 8796093022208 + cast(purchase_order as bigint) as _order_bucket,
        row(
            deletion_code, plant, material, material_text, material_group, ordered_quantity, quantity_unit, net_price,
            price_unit_quantity, price_quantity_unit, price_unit_numerator, price_unit_denominator, item_category,
            is_receipt_expected, contract, contract_line, confirmation_control_key, is_completely_delivered, is_returns_item,
            underdelivery_tolerance_pct, overdelivery_tolerance_pct, planned_delivery_days, _deleted
        ) as content
    from read_parquet('{landing}/purchase_order_item/*/*.parquet', file_row_number = true)
),
compared as (
    select *, content is distinct from lag(content) over arrived as begins
    from landed
    window arrived as (
        partition by connection_id, purchase_order, purchase_order_line
        order by _ordered_at, _extracted_at, _batch_id, _row_number
    )
),
numbered as (
    select *, count(*) filter (where begins) over arrived as version
    from compared
    window arrived as (
        partition by connection_id, purchase_order, purchase_order_line
        order by _ordered_at, _extracted_at, _batch_id, _row_number
    )
)
select
    * exclude (content, begins, version),
    max(version) over (partition by connection_id, purchase_order, purchase_order_line) = 1 as _is_only,
    last_value(_ordered_at) over repeated as _seen_ordered_at, last_value(_extracted_at) over repeated as _seen_extracted_at,
    last_value(_batch_id) over repeated as _seen_batch_id, last_value(_row_number) over repeated as _seen_row_number
from numbered
window repeated as (
    partition by connection_id, purchase_order, purchase_order_line, version
    order by _ordered_at, _extracted_at, _batch_id, _row_number
    rows between unbounded preceding and unbounded following
)
qualify begins;

create table stg_sap_s4hana__purchase_order as
with landed as (
    select
        _connection_id as connection_id, ltrim("PurchaseOrder", '0') as purchase_order, "PurchaseOrderType" as order_type,
        nullif("PurchaseOrderDeletionCode", '') as deletion_code, "CompanyCode" as company_code,
        "PurchasingOrganization" as purchasing_organization, "PurchasingGroup" as purchasing_group,
        nullif(ltrim("Supplier", '0'), '') as vendor_number, nullif("SupplyingPlant", '') as supplying_plant,
        "PurchaseOrderDate" as order_date, "CreationDate" as created_date, "DocumentCurrency" as currency, _deleted, _unreadable,
        _child_keys, true as _is_readable, _extra, cast(_changed_at as timestamp) as _changed_at,
        cast(_extracted_at as timestamp) as _extracted_at, _batch_id, file_row_number as _row_number,
        cast(coalesce(_changed_at, _extracted_at) as timestamp) as _ordered_at,
        cast(hash(connection_id) % 1048576 as bigint) * 8796093022208 + cast(purchase_order as bigint) as _order_bucket,
        row(
            order_type, deletion_code, company_code, purchasing_organization, purchasing_group, vendor_number, supplying_plant,
            order_date, created_date, currency, _deleted, _child_keys
        ) as content
    from read_parquet('{landing}/purchase_order/*/*.parquet', file_row_number = true)
),
compared as (
    select *, content is distinct from lag(content) over arrived as begins
    from landed
    window arrived as (
        partition by connection_id, purchase_order
        order by _ordered_at, _extracted_at, _batch_id, _row_number
    )
),
numbered as (
    select *, count(*) filter (where begins) over arrived as version
    from compared
    window arrived as (
        partition by connection_id, purchase_order
        order by _ordered_at, _extracted_at, _batch_id, _row_number
    )
)
select
    * exclude (content, begins, version),
    max(version) over (partition by connection_id, purchase_order) = 1 as _is_only,
    last_value(_ordered_at) over repeated as _seen_ordered_at, last_value(_extracted_at) over repeated as _seen_extracted_at,
    last_value(_batch_id) over repeated as _seen_batch_id, last_value(_row_number) over repeated as _seen_row_number
from numbered
window repeated as (
    partition by connection_id, purchase_order, version
    order by _ordered_at, _extracted_at, _batch_id, _row_number
    rows between unbounded preceding and unbounded following
)
qualify begins;

create table stg_sap_s4hana__material_document as
with landed as (
    select
        _connection_id as connection_id, "MaterialDocumentYear" as document_year, ltrim("MaterialDocument", '0') as material_document,
        "DocumentDate" as document_date, "PostingDate" as posting_date, "CreationDate" as created_date,
        "CreationTime" as created_time, _deleted, _unreadable, _child_keys, true as _is_readable, _extra,
        cast(_changed_at as timestamp) as _changed_at, cast(_extracted_at as timestamp) as _extracted_at, _batch_id,
        file_row_number as _row_number, cast(coalesce(_changed_at, _extracted_at) as timestamp) as _ordered_at,
        cast(hash(connection_id) % 1048576 as bigint) * 8796093022208 + cast(material_document as bigint) as _document_bucket,
        row(
            document_date, posting_date, created_date, created_time, _deleted, _child_keys
        ) as content
    from read_parquet('{landing}/material_document/*/*.parquet', file_row_number = true)
),
compared as (
    select *, content is distinct from lag(content) over arrived as begins
    from landed
    window arrived as (
        partition by connection_id, document_year, material_document
        order by _ordered_at, _extracted_at, _batch_id, _row_number
    )
),
numbered as (
    select *, count(*) filter (where begins) over arrived as version
    from compared
    window arrived as (
        partition by connection_id, document_year, material_document
        order by _ordered_at, _extracted_at, _batch_id, _row_number
    )
)
select
    * exclude (content, begins, version),
    max(version) over (partition by connection_id, document_year, material_document) = 1 as _is_only,
    last_value(_ordered_at) over repeated as _seen_ordered_at, last_value(_extracted_at) over repeated as _seen_extracted_at,
    last_value(_batch_id) over repeated as _seen_batch_id, last_value(_row_number) over repeated as _seen_row_number
from numbered
window repeated as (
    partition by connection_id, document_year, material_document, version
    order by _ordered_at, _extracted_at, _batch_id, _row_number
    rows between unbounded preceding and unbounded following
)
qualify begins;

create table stg_sap_s4hana__material_document_item as
with landed as (
    select
        _connection_id as connection_id, "MaterialDocumentYear" as document_year, ltrim("MaterialDocument", '0') as material_document,
        ltrim("MaterialDocumentItem", '0') as document_item, nullif(ltrim("Material", '0'), '') as material, "Plant" as plant,
        nullif(ltrim("Supplier", '0'), '') as vendor_number, ltrim("PurchaseOrder", '0') as purchase_order,
        ltrim("PurchaseOrderItem", '0') as purchase_order_line, "GoodsMovementType" as movement_type,
        "QuantityInEntryUnit" as quantity, "EntryUnit" as quantity_unit, "QuantityInBaseUnit" as base_quantity,
        "MaterialBaseUnit" as base_unit, "GoodsMovementIsCancelled" as is_cancelled,
        nullif("ReversedMaterialDocumentYear", '') as reversed_document_year,
        nullif(ltrim("ReversedMaterialDocument", '0'), '') as reversed_material_document,
        nullif(ltrim("ReversedMaterialDocumentItem", '0'), '') as reversed_document_item, _deleted, _unreadable, true as _is_readable,
        _extra, cast(_changed_at as timestamp) as _changed_at, cast(_extracted_at as timestamp) as _extracted_at, _batch_id,
        file_row_number as _row_number, cast(coalesce(_changed_at, _extracted_at) as timestamp) as _ordered_at,
        cast(hash(connection_id) % 1048576 as bigint) * 8796093022208 + cast(purchase_order as bigint) as _order_bucket,
        cast(hash(connection_id) % 1048576 as bigint) * 8796093022208 + cast(material_document as bigint) as _document_bucket,
        row(
            material, plant, vendor_number, purchase_order, purchase_order_line, movement_type, quantity, quantity_unit,
            base_quantity, base_unit, is_cancelled, reversed_document_year, reversed_material_document, reversed_document_item,
            _deleted
        ) as content
    from read_parquet('{landing}/material_document_item/*/*.parquet', file_row_number = true)
),
compared as (
    select *, content is distinct from lag(content) over arrived as begins
    from landed
    window arrived as (
        partition by connection_id, document_year, material_document, document_item
        order by _ordered_at, _extracted_at, _batch_id, _row_number
    )
),
numbered as (
    select *, count(*) filter (where begins) over arrived as version
    from compared
    window arrived as (
        partition by connection_id, document_year, material_document, document_item
        order by _ordered_at, _extracted_at, _batch_id, _row_number
    )
)
select
    * exclude (content, begins, version),
    max(version) over (partition by connection_id, document_year, material_document, document_item) = 1 as _is_only,
    last_value(_ordered_at) over repeated as _seen_ordered_at, last_value(_extracted_at) over repeated as _seen_extracted_at,
    last_value(_batch_id) over repeated as _seen_batch_id, last_value(_row_number) over repeated as _seen_row_number
from numbered
window repeated as (
    partition by connection_id, document_year, material_document, document_item, version
    order by _ordered_at, _extracted_at, _batch_id, _row_number
    rows between unbounded preceding and unbounded following
)
qualify begins;
