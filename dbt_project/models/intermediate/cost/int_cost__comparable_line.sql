-- Invoice lines whose price can be compared with another, and which of them look like an error of unit: far from the median of the
-- material by its median absolute deviation (MAD), and by a factor that no market makes.
with invoice_lines as (
    select * from {{ ref('fct_invoice_line') }}
    where
        not is_reversed
        and vendor_key is not null
        and material is not null
        and effective_base_quantity is not null
        and effective_amount_at_order_rate is not null
        and effective_amount_company is not null
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

priced as (
    select
        *,
        case when kind = 'invoice' and base_unit_price > 0 then ln(base_unit_price * rate_at_order_date) end as log_price
    from invoice_lines
),

medians as (
    select
        connection_id,
        material,
        {{ percentile('log_price', 0.5) }} as median_log_price,
        count(log_price) as prices
    from priced
    group by connection_id, material
),

deviations as (
    select
        priced.connection_id,
        priced.material,
        {{ percentile('abs(priced.log_price - medians.median_log_price)', 0.5) }} as deviation
    from priced
    inner join medians
        on priced.connection_id = medians.connection_id and priced.material = medians.material
    group by priced.connection_id, priced.material
),

judged as (
    select
        priced.*,
        -- 1.4826 makes a standard deviation of a MAD
        coalesce(
            medians.prices >= settings.price_outlier_min_lines
            and abs(priced.log_price - medians.median_log_price)
            > greatest(settings.price_outlier_mads * 1.4826 * deviations.deviation, ln(settings.price_outlier_min_factor)),
            false
        ) as is_price_outlier
    from priced
    cross join settings
    inner join medians
        on priced.connection_id = medians.connection_id and priced.material = medians.material
    inner join deviations
        on priced.connection_id = deviations.connection_id and priced.material = deviations.material
),

-- a price that may be an error of unit is no baseline for the next one
numbered as (
    select
        *,
        log_price is not null and not is_price_outlier as is_usable,
        sum(case when log_price is not null and not is_price_outlier then 1 else 0 end) over (
            partition by vendor_key, material
            order by posting_date, invoice, length(invoice_line), invoice_line
            rows between unbounded preceding and current row
        ) as usable_so_far
    from judged
)

select
    invoice_line_key,
    connection_id,
    vendor_key,
    material,
    plant,
    contract,
    contract_line,
    order_date,
    posting_date,
    currency,
    base_unit,
    base_unit_price,
    effective_base_quantity,
    effective_amount_at_order_rate,
    effective_amount_company,
    is_price_outlier,
    case when is_usable then usable_so_far end as usable_number,
    case when is_usable then usable_so_far - 1 else usable_so_far end as usable_before
from numbered
