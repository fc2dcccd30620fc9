{% set baselines = ['standard', 'contract', 'last_paid'] -%}
{% set key = ['vendor_key', 'material', 'baseline', 'quarter'] -%}
with invoice_lines as (
    select * from {{ ref('int_cost__line_baseline') }}
),

compared as (
    {%- for baseline in baselines %}
    select
        *,
        '{{ baseline }}' as baseline,
        {{ quarter_of('posting_date') }} as quarter,
        {{ baseline }}_price as baseline_price,
        cast(quantity * {{ baseline }}_price as decimal(28, 6)) as at_baseline_price
    from invoice_lines
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- a line without a baseline says nothing about its price; it is counted, not compared
quarters as (
    select
        vendor_key,
        material,
        baseline,
        quarter,
        max(connection_id) as connection_id,
        max(base_unit) as base_unit,
        cast(count(*) as bigint) as invoice_lines,
        cast(count(baseline_price) as bigint) as compared_lines,
        cast(sum(case when is_price_outlier and baseline_price is not null then 1 else 0 end) as bigint) as outlier_lines,
        sum(case when baseline_price is not null then quantity end) as quantity,
        sum(case when baseline_price is not null then amount end) as actual_amount,
        sum(at_baseline_price) as baseline_amount,
        sum(case when baseline_price is not null then amount - amount_at_order_rate end) as fx_variance,
        sum(case when not is_price_outlier then amount_at_order_rate - at_baseline_price end) as price_variance_without_outliers
    from compared
    group by vendor_key, material, baseline, quarter
),

-- the plan is what the same quarter of the year before bought, at today's baseline
shifted as (
    select
        *,
        cast({{ dbt.dateadd('month', 12, 'quarter') }} as date) as planned_quarter
    from quarters
    where compared_lines > 0
),

cells as (
    select
        {{ key | join(',
        ') }}
    from quarters
    union
    select
        vendor_key,
        material,
        baseline,
        planned_quarter as quarter
    from shifted
    where planned_quarter <= {{ quarter_of(as_of_date()) }}
),

side_by_side as (
    select
        cells.*,
        coalesce(quarters.connection_id, shifted.connection_id) as connection_id,
        coalesce(quarters.base_unit, shifted.base_unit) as base_unit,
        coalesce(quarters.invoice_lines, 0) as invoice_lines,
        coalesce(quarters.compared_lines, 0) as compared_lines,
        coalesce(quarters.outlier_lines, 0) as outlier_lines,
        coalesce(quarters.quantity, 0) as quantity,
        coalesce(shifted.quantity, 0) as planned_quantity,
        coalesce(quarters.actual_amount, 0) as actual_amount,
        coalesce(quarters.baseline_amount, 0) as baseline_amount,
        coalesce(quarters.fx_variance, 0) as fx_variance,
        coalesce(quarters.price_variance_without_outliers, 0) as price_variance_without_outliers,
        coalesce(quarters.baseline_amount / nullif(quarters.quantity, 0), shifted.baseline_amount / nullif(shifted.quantity, 0))
            as baseline_price
    from cells
    left join quarters on {{ same_key('cells', 'quarters', key) }}
    left join shifted
        on {{ same_key('cells', 'shifted', ['vendor_key', 'material', 'baseline']) }} and cells.quarter = shifted.planned_quarter
),

-- quantities add up within a unit only: pieces do not make up for kilograms
with_volume as (
    select
        *,
        sum(quantity) over (partition by vendor_key, baseline, quarter, base_unit) as unit_quantity,
        sum(planned_quantity) over (partition by vendor_key, baseline, quarter, base_unit) as unit_planned_quantity
    from side_by_side
),

-- no year before, or a price without a baseline, is no plan of zero
with_plan as (
    select
        *,
        unit_planned_quantity > 0 and (compared_lines > 0 or invoice_lines = 0) as has_plan
    from with_volume
),

in_money as (
    select
        *,
        cast(actual_amount as decimal(18, 2)) as actual,
        cast(baseline_amount as decimal(18, 2)) as at_baseline,
        cast(fx_variance as decimal(18, 2)) as fx,
        cast(case when has_plan then planned_quantity * coalesce(baseline_price, 0) end as decimal(18, 2)) as planned,
        cast(
            case
                when has_plan
                    then planned_quantity * (unit_quantity / unit_planned_quantity - 1) * coalesce(baseline_price, 0)
            end as decimal(18, 2)
        ) as volume
    from with_plan
)

select
    vendor_key || '/' || material || '/' || baseline || '/' || cast(quarter as string) as price_variance_key,
    vendor_key,
    connection_id,
    material,
    quarter,
    baseline,
    {{ add_days(dbt.dateadd('month', 3, 'quarter'), -1) }} < {{ as_of_date() }} as is_quarter_over,
    invoice_lines,
    compared_lines,
    outlier_lines,
    base_unit,
    -- a sum of doubles has no order: rounded, the same rows give the same number
    round(quantity, 6) as quantity,
    round(planned_quantity, 6) as planned_quantity,
    round(baseline_price, 6) as baseline_price,
    actual as actual_amount,
    case when compared_lines > 0 then at_baseline end as baseline_amount,
    planned as planned_amount,
    -- price and mix are what remains of two amounts in cents, so that the parts add up to the cent
    case when compared_lines > 0 then cast(actual - at_baseline - fx as decimal(18, 2)) end as price_variance,
    case when compared_lines > 0 then fx end as fx_variance,
    volume as volume_variance,
    cast(at_baseline - planned - volume as decimal(18, 2)) as mix_variance,
    cast(actual - planned as decimal(18, 2)) as cost_variance,
    case when compared_lines > 0 then cast(price_variance_without_outliers as decimal(18, 2)) end as price_variance_without_outliers,
    case
        when compared_lines > 0
            then cast(actual - at_baseline - fx as double) / nullif(cast(at_baseline as double), 0)
    end as price_variance_share
from in_money
