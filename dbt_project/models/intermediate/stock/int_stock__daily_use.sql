{{ config(materialized='ephemeral') }}

-- How much of a material a site uses a day. No issue of goods is loaded, so use is what disappeared: stock at the beginning of the
-- window, plus what was received, less stock at its end. Consignment counts too: its receipts are receipts, and what we take of it only
-- changes its owner. Without enough days of stock it is what was received, and says so.
with stock_days as (
    select * from {{ ref('fct_stock_day') }}
),

goods_receipts as (
    select * from {{ ref('fct_goods_receipt') }}
    where material is not null and effective_base_quantity is not null
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

in_window as (
    select
        stock_days.connection_id,
        stock_days.material,
        stock_days.plant,
        stock_days.stock_date,
        stock_days.unrestricted_quantity + stock_days.in_quality_quantity + stock_days.blocked_quantity
        + stock_days.vendor_owned_quantity as held_quantity,
        min(stock_days.stock_date) over (
            partition by stock_days.connection_id, stock_days.material, stock_days.plant
        ) as first_date,
        max(stock_days.stock_date) over (
            partition by stock_days.connection_id, stock_days.material, stock_days.plant
        ) as last_date
    from stock_days
    cross join settings
    where {{ days_between('stock_days.stock_date', as_of_date()) }} <= settings.stock_use_window_days
),

stock_change as (
    select
        connection_id,
        material,
        plant,
        first_date,
        last_date,
        max(case when stock_date = first_date then held_quantity end) as first_quantity,
        max(case when stock_date = last_date then held_quantity end) as last_quantity
    from in_window
    group by connection_id, material, plant, first_date, last_date
),

received as (
    select
        stock_change.connection_id,
        stock_change.material,
        stock_change.plant,
        sum(goods_receipts.effective_base_quantity) as received_quantity
    from stock_change
    inner join goods_receipts
        on
            {{ same_key('stock_change', 'goods_receipts', ['connection_id', 'material', 'plant']) }}
            and stock_change.first_date < goods_receipts.posting_date
            and stock_change.last_date >= goods_receipts.posting_date
    group by stock_change.connection_id, stock_change.material, stock_change.plant
),

receipts_of_a_year as (
    select
        connection_id,
        material,
        plant,
        min(posting_date) as first_date,
        sum(effective_base_quantity) as received_quantity
    from goods_receipts
    where posting_date > {{ add_days(as_of_date(), -365) }} and posting_date <= {{ as_of_date() }}
    group by connection_id, material, plant
),

observed as (
    select
        stock_change.connection_id,
        stock_change.material,
        stock_change.plant,
        {{ days_between('stock_change.first_date', 'stock_change.last_date') }} as stock_days,
        cast(stock_change.first_quantity - stock_change.last_quantity as double)
        + coalesce(received.received_quantity, 0) as used_quantity,
        {{ days_between('receipts_of_a_year.first_date', as_of_date()) }} as receipt_days,
        receipts_of_a_year.received_quantity as year_quantity
    from stock_change
    left join received
        on {{ same_key('stock_change', 'received', ['connection_id', 'material', 'plant']) }}
    left join receipts_of_a_year
        on {{ same_key('stock_change', 'receipts_of_a_year', ['connection_id', 'material', 'plant']) }}
),

-- more than was ever there: another source of the material, such as a transfer, which is not loaded
judged as (
    select
        observed.*,
        case
            when observed.stock_days >= settings.stock_use_min_days
                then case when observed.used_quantity >= 0 then 'stock_change' end
            when observed.receipt_days >= settings.stock_use_min_days and observed.year_quantity > 0 then 'receipts'
        end as use_basis
    from observed
    cross join settings
)

select
    connection_id,
    material,
    plant,
    use_basis,
    case use_basis when 'stock_change' then stock_days when 'receipts' then receipt_days else 0 end as use_days,
    case use_basis
        when 'stock_change' then used_quantity / stock_days
        when 'receipts' then year_quantity / receipt_days
    end as daily_use
from judged
