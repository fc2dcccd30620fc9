{% set baselines = ['standard', 'contract', 'last_paid'] -%}

-- What was invoiced and how its prices differ from each baseline, by vendor and posting month. Lines that look like an error of unit
-- are counted and left out of the price comparison.
with invoice_lines as (
    select * from {{ ref('fct_invoice_line') }}
    where vendor_key is not null and posting_date is not null
),

compared_lines as (
    select * from {{ ref('int_cost__line_baseline') }}
),

invoiced as (
    select
        vendor_key,
        {{ month_of('posting_date') }} as month,
        -- an amount without a rate makes the sum unknown, not smaller
        case
            when count(*) = count(effective_amount_company)
                then round(cast(sum(cast(effective_amount_company as decimal(28, 6))) as double), 2)
        end as invoiced_amount,
        cast(count(*) as bigint) as invoice_lines
    from invoice_lines
    where not is_reversed
    group by vendor_key, {{ month_of('posting_date') }}
),

compared as (
    select
        vendor_key,
        {{ month_of('posting_date') }} as month,
        {%- for baseline in baselines %}
        sum(case when not is_price_outlier then amount_at_order_rate - quantity * {{ baseline }}_price end) as {{ baseline }}_variance,
        sum(case when not is_price_outlier then quantity * {{ baseline }}_price end) as {{ baseline }}_amount,
        cast(sum(case when not is_price_outlier and {{ baseline }}_price is not null then 1 else 0 end) as bigint) as {{ baseline }}_lines,
        {%- endfor %}
        cast(sum(case when is_price_outlier then 1 else 0 end) as bigint) as price_outlier_lines
    from compared_lines
    group by vendor_key, {{ month_of('posting_date') }}
)

select
    invoiced.vendor_key,
    invoiced.month,
    invoiced.invoiced_amount,
    invoiced.invoice_lines as invoiced_amount_n,
    {%- for baseline in baselines %}
    round(compared.{{ baseline }}_variance / nullif(compared.{{ baseline }}_amount, 0), 9) as price_variance_{{ baseline }},
    coalesce(compared.{{ baseline }}_lines, 0) as price_variance_{{ baseline }}_n,
    {%- endfor %}
    coalesce(compared.price_outlier_lines, 0) as price_outlier_lines
from invoiced
left join compared
    on invoiced.vendor_key = compared.vendor_key and invoiced.month = compared.month
