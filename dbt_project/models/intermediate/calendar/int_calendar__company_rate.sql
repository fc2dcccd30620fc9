-- What one unit of each currency was worth in company currency on each day: the latest rate valid from that day or before.
-- A day before the first rate has no row, and an amount without a rate is unknown, never taken as 1 : 1.
with rates as (
    select * from {{ ref('int_erp__exchange_rate') }}
),

settings as (
    select * from {{ ref('int_company_setting') }}
),

days as (
    select * from {{ ref('dim_calendar') }}
),

quoted as (
    select
        rates.source_currency as currency,
        rates.valid_from,
        rates.factor as rate,
        1 as preference,
        rates.connection_id
    from rates
    inner join settings
        on rates.exchange_rate_type = settings.exchange_rate_type and rates.target_currency = settings.company_currency
    union all
    select
        rates.target_currency as currency,
        rates.valid_from,
        1 / rates.factor as rate,
        2 as preference,
        rates.connection_id
    from rates
    inner join settings
        on rates.exchange_rate_type = settings.exchange_rate_type and rates.source_currency = settings.company_currency
),

-- the inverse pair only speaks for the time before the first rate of the pair itself
preferred as (
    select
        currency,
        valid_from,
        rate,
        case when preference = 1 then 'direct' else 'inverse' end as quotation,
        min(case when preference = 1 then valid_from end) over (partition by currency) as first_direct,
        row_number() over (partition by currency, valid_from order by preference, connection_id) as place
    from quoted
),

periods as (
    select
        currency,
        valid_from,
        rate,
        quotation,
        lead(valid_from) over (partition by currency order by valid_from) as valid_before
    from preferred
    where place = 1 and (quotation = 'direct' or first_direct is null or valid_from < first_direct)
)

select
    settings.company_currency as currency,
    days.calendar_date,
    cast(1 as double) as rate,
    'company' as quotation,
    cast(null as date) as valid_from
from days
cross join settings
union all
select
    periods.currency,
    days.calendar_date,
    periods.rate,
    periods.quotation,
    periods.valid_from
from periods
inner join days
    on
        periods.valid_from <= days.calendar_date
        and (periods.valid_before > days.calendar_date or periods.valid_before is null)
cross join settings
where periods.currency <> settings.company_currency
