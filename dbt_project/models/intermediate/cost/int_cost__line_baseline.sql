-- Invoice lines that can be compared, with the price of one base unit they are compared with: standard, contract and last paid price,
-- each in company currency at the rate of the order date, so that what a currency did is not taken for a price.
with invoice_lines as (
    select * from {{ ref('int_cost__comparable_line') }}
),

standard_prices as (
    select * from {{ ref('int_erp__standard_price') }}
),

contract_prices as (
    select * from {{ ref('int_erp__contract_price') }}
),

rates as (
    select * from {{ ref('int_calendar__company_rate') }}
),

bought as (
    select distinct
        connection_id,
        vendor_key,
        material,
        plant,
        order_date,
        contract,
        contract_line
    from invoice_lines
),

-- the contract that the order names, else the newest one of the vendor that covers material and site on the order date
contract_found as (
    select
        bought.*,
        contract_prices.base_unit_price,
        contract_prices.currency,
        row_number() over (
            partition by
                bought.connection_id, bought.vendor_key, bought.material, bought.plant, bought.order_date,
                bought.contract, bought.contract_line
            order by
                case
                    when contract_prices.contract = bought.contract and contract_prices.contract_line = bought.contract_line then 0
                    else 1
                end asc,
                contract_prices.valid_from desc,
                contract_prices.contract desc,
                contract_prices.contract_line asc
        ) as place
    from bought
    inner join contract_prices
        on
            bought.connection_id = contract_prices.connection_id
            and bought.vendor_key = contract_prices.vendor_key
            and bought.material = contract_prices.material
            and (bought.plant = contract_prices.plant or contract_prices.plant is null)
            and bought.order_date between contract_prices.valid_from and contract_prices.valid_to
),

paid as (
    select * from invoice_lines
    where usable_number is not null
),

with_prices as (
    select
        invoice_lines.*,
        standard_prices.base_unit_price * standard_rates.rate as standard_price,
        contract_found.base_unit_price * contract_rates.rate as contract_price,
        paid.base_unit_price * paid_rates.rate as last_paid_price
    from invoice_lines
    left join standard_prices
        on
            invoice_lines.connection_id = standard_prices.connection_id
            and invoice_lines.material = standard_prices.material
            and invoice_lines.plant = standard_prices.plant
            and invoice_lines.order_date >= standard_prices.valid_from
            and (invoice_lines.order_date < standard_prices.valid_before or standard_prices.valid_before is null)
    left join rates as standard_rates
        on standard_prices.currency = standard_rates.currency and invoice_lines.order_date = standard_rates.calendar_date
    left join contract_found
        on
            invoice_lines.connection_id = contract_found.connection_id
            and invoice_lines.vendor_key = contract_found.vendor_key
            and invoice_lines.material = contract_found.material
            and invoice_lines.plant is not distinct from contract_found.plant
            and invoice_lines.order_date = contract_found.order_date
            and invoice_lines.contract is not distinct from contract_found.contract
            and invoice_lines.contract_line is not distinct from contract_found.contract_line
            and contract_found.place = 1
    left join rates as contract_rates
        on contract_found.currency = contract_rates.currency and invoice_lines.order_date = contract_rates.calendar_date
    left join paid
        on
            invoice_lines.vendor_key = paid.vendor_key
            and invoice_lines.material = paid.material
            and invoice_lines.usable_before = paid.usable_number
    left join rates as paid_rates
        on paid.currency = paid_rates.currency and invoice_lines.order_date = paid_rates.calendar_date
)

select
    invoice_line_key,
    connection_id,
    vendor_key,
    material,
    base_unit,
    posting_date,
    is_price_outlier,
    effective_base_quantity as quantity,
    -- decimals, so that sums of them are exact and know no order of lines
    cast(effective_amount_at_order_rate as decimal(28, 6)) as amount_at_order_rate,
    cast(effective_amount_company as decimal(28, 6)) as amount,
    standard_price,
    contract_price,
    last_paid_price
from with_prices
