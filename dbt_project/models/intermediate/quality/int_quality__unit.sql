{{ config(materialized='ephemeral') }}

-- Units that could be defective and units that were, in the base unit of the material, with the month they belong to: of the receipt,
-- and of a defect also the month in which it was registered.
with goods_receipts as (
    select * from {{ ref('fct_goods_receipt') }}
    where movement = 'receipt' and not is_reversed and vendor_key is not null
),

lots as (
    select * from {{ ref('fct_inspection_lot') }}
    where not is_receipt_reversed
),

notifications as (
    select * from {{ ref('fct_quality_notification') }}
),

-- goods that wait for a decision are neither inspected nor accepted at risk
undecided as (
    select
        goods_receipt_key,
        sum(lot_base_quantity) as base_quantity
    from lots
    where outcome = 'undecided' and goods_receipt_key is not null
    group by goods_receipt_key
),

-- what nobody recorded is unknown: no month before the first quality record says "no defects"
quality_starts as (
    select
        connection_id,
        {{ month_of('min(first_date)') }} as first_month
    from (
        select
            connection_id,
            min(created_date) as first_date
        from lots
        group by connection_id
        union all
        select
            connection_id,
            cast(min(reported_at) as date) as first_date
        from notifications
        group by connection_id
    ) as firsts
    group by connection_id
)

select
    goods_receipts.vendor_key,
    goods_receipts.base_unit,
    {{ month_of('goods_receipts.posting_date') }} as month,
    1 as is_receipt,
    greatest(goods_receipts.effective_base_quantity - coalesce(undecided.base_quantity, 0), 0) as units_at_risk,
    cast(0 as double) as registered_defects,
    cast(0 as double) as received_defects
from goods_receipts
inner join quality_starts
    on
        goods_receipts.connection_id = quality_starts.connection_id
        and goods_receipts.posting_date >= quality_starts.first_month
left join undecided
    on goods_receipts.goods_receipt_key = undecided.goods_receipt_key
where goods_receipts.effective_base_quantity is not null and goods_receipts.base_unit is not null
{%- for defects, registered in {'lots': 'decided_date', 'notifications': 'reported_at'}.items() %}
union all
select
    vendor_key,
    base_unit,
    {{ month_of(registered) }} as month,
    0 as is_receipt,
    cast(0 as double) as units_at_risk,
    defective_base_quantity as registered_defects,
    cast(0 as double) as received_defects
from {{ defects }}
where defective_base_quantity > 0 and {{ registered }} is not null
union all
select
    vendor_key,
    base_unit,
    {{ month_of('received_date') }} as month,
    0 as is_receipt,
    cast(0 as double) as units_at_risk,
    cast(0 as double) as registered_defects,
    defective_base_quantity as received_defects
from {{ defects }}
where defective_base_quantity > 0 and received_date is not null
{%- endfor %}
