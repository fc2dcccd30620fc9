{% set line_key = ['connection_id', 'purchase_order', 'purchase_order_line'] -%}

with invoice_lines as (
    select * from {{ ref('int_erp__invoice_line') }}
),

purchase_orders as (
    select * from {{ ref('int_erp__purchase_order') }}
),

purchase_order_lines as (
    select * from {{ ref('int_erp__purchase_order_line') }}
),

units as (
    select * from {{ ref('int_erp__material_unit') }}
),

rates as (
    select * from {{ ref('int_calendar__company_rate') }}
),

-- a credit memo takes back; a subsequent debit or credit changes what was paid for goods that were counted before
signed as (
    select
        *,
        case when is_credit_memo then -amount else amount end as signed_amount,
        case when is_subsequent then 0 when is_credit_memo then -quantity else quantity end as signed_quantity,
        case
            when is_subsequent and is_credit_memo then 'subsequent_credit'
            when is_subsequent then 'subsequent_debit'
            when is_credit_memo then 'credit_memo'
            else 'invoice'
        end as kind
    from invoice_lines
),

placed as (
    select
        signed.*,
        case when signed.is_reversed then 0 else signed.signed_amount end as effective_amount,
        case when signed.is_reversed then 0 else signed.signed_quantity end as effective_quantity,
        purchase_orders.order_date,
        purchase_orders.currency as order_currency,
        purchase_order_lines.material,
        purchase_order_lines.unit_price as order_unit_price,
        purchase_order_lines.contract,
        purchase_order_lines.contract_line,
        coalesce(signed.plant, purchase_order_lines.plant) as site,
        units.base_unit,
        units.base_units,
        order_rates.rate as rate_at_order_date,
        posting_rates.rate as rate_at_posting_date
    from signed
    left join purchase_orders
        on signed.connection_id = purchase_orders.connection_id and signed.purchase_order = purchase_orders.purchase_order
    left join purchase_order_lines
        on {{ same_key('signed', 'purchase_order_lines', line_key) }}
    left join units
        on
            signed.connection_id = units.connection_id
            and purchase_order_lines.material = units.material
            and signed.quantity_unit = units.unit
    left join rates as order_rates
        on signed.currency = order_rates.currency and purchase_orders.order_date = order_rates.calendar_date
    left join rates as posting_rates
        on signed.currency = posting_rates.currency and signed.posting_date = posting_rates.calendar_date
)

select
    connection_id || ':' || fiscal_year || '/' || invoice || '/' || invoice_line as invoice_line_key,
    connection_id,
    fiscal_year,
    invoice,
    invoice_line,
    vendor_key,
    company_code,
    purchase_order,
    purchase_order_line,
    contract,
    contract_line,
    material,
    site as plant,
    order_date,
    document_date,
    posting_date,
    created_date as recorded_date,
    kind,
    is_reversed,
    currency,
    cast(signed_amount as decimal(18, 3)) as amount,
    cast(effective_amount as decimal(18, 3)) as effective_amount,
    cast(signed_quantity as decimal(18, 3)) as quantity,
    cast(effective_quantity as decimal(18, 3)) as effective_quantity,
    quantity_unit,
    case when effective_quantity = 0 then 0 else cast(effective_quantity as double) * base_units end as effective_base_quantity,
    base_unit,
    case when not is_subsequent then cast(amount as double) / nullif(cast(quantity as double), 0) end as unit_price,
    case when not is_subsequent then cast(amount as double) / nullif(cast(quantity as double) * base_units, 0) end as base_unit_price,
    order_unit_price,
    order_currency,
    rate_at_order_date,
    rate_at_posting_date,
    cast(effective_amount as double) * rate_at_order_date as effective_amount_at_order_rate,
    cast(effective_amount as double) * rate_at_posting_date as effective_amount_company,
    nullif(
        concat_ws(
            ',',
            case when vendor_key is null then 'vendor_missing' end,
            case when order_date is null then 'order_not_found' end,
            case when rate_at_posting_date is null or (order_date is not null and rate_at_order_date is null) then 'rate_missing' end,
            case when base_units is null then 'unit_not_convertible' end,
            case when amount = 0 then 'zero_value' end,
            case when posting_date < order_date then 'posted_before_order' end,
            case when is_newest_unreadable then 'unreadable_newest_version' end
        ),
        ''
    ) as data_flags
from placed
