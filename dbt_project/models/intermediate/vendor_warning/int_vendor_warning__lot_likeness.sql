{{ config(materialized='ephemeral') }}
{% set first_month_back, last_month_back, fewest_lots, least, most = 15, 4, 100, 0.005, 0.9 -%}

-- How alike the units of a lot are (the correlation of two of them), by month: from the lots of all vendors in the twelve months that ended
-- a quarter before. The shares of a vendor's lots vary by more than chance would make them; the more they do, the less a lot says.
with lots as (
    select
        vendor_key,
        {{ month_of('decided_date') }} as month,
        least(cast(counted_defective_quantity as double) / cast(lot_quantity as double), 1) as share,
        cast(lot_quantity as double) as amount
    from {{ ref('fct_inspection_lot') }}
    where
        is_inspected and not is_receipt_reversed and vendor_key is not null and decided_date is not null and lot_quantity > 0
        and counted_defective_quantity is not null and not is_defective_assumed
),

vendor_months as (
    select
        vendor_key,
        month,
        count(*) as lots,
        sum(share) as shares,
        sum(share * share) as squares,
        sum(1 / amount) as parts
    from lots
    group by vendor_key, month
),

months as (
    select distinct month
    from vendor_months
),

vendors as (
    select
        months.month,
        vendor_months.vendor_key,
        sum(vendor_months.lots) as lots,
        sum(vendor_months.shares) / sum(vendor_months.lots) as mean,
        sum(vendor_months.squares) - power(sum(vendor_months.shares), 2) / sum(vendor_months.lots) as squares_about_mean,
        sum(vendor_months.parts) / sum(vendor_months.lots) as mean_part
    from months
    inner join vendor_months
        on {{ dbt.datediff('vendor_months.month', 'months.month', 'month') }} between {{ last_month_back }} and {{ first_month_back }}
    group by months.month, vendor_months.vendor_key
    having sum(vendor_months.lots) > 1
),

pooled as (
    select
        month,
        sum(lots) as lots,
        sum(squares_about_mean) as variance,
        sum((lots - 1) * mean * (1 - mean)) as chance,
        sum((lots - 1) * mean * (1 - mean) * mean_part) as chance_within
    from vendors
    group by month
)

select
    'quality_dip' as rule_id,
    month,
    round(least(greatest((variance - chance_within) / (chance - chance_within), {{ least }}), {{ most }}), 9) as overdispersion
from pooled
where lots >= {{ fewest_lots }} and chance > chance_within
