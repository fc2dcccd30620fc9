with entries as (
    select * from {{ ref('int_crm__reinvestment') }}
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'crm'
),

rates as (
    select * from {{ ref('int_calendar__company_rate') }}
),

settings as (
    select * from {{ ref('int_company_setting') }}
),

valued as (
    select
        entries.*,
        crosswalk.vendor_key,
        round(
            cast(entries.amount as double) * case when entries.currency = settings.company_currency then 1 else rates.rate end,
            2
        ) as company_amount,
        settings.company_currency
    from entries
    cross join settings
    left join crosswalk
        on entries.connection_id = crosswalk.connection_id and entries.account_id = crosswalk.external_id
    left join rates
        on entries.currency = rates.currency and entries.booked_on = rates.calendar_date
)

select
    connection_id || ':' || reinvestment_id as reinvestment_key,
    connection_id,
    reinvestment_number as reinvestment,
    vendor_key,
    account_id as crm_account_id,
    pool,
    lower(entry_type) as entry_type,
    booked_on,
    coalesce(booked_on <= {{ as_of_date() }}, false) as is_booked,
    cast(amount as double) as amount,
    currency,
    company_amount,
    -- what was promised is not spent, what was taken back was not reinvested, and a bonus never is
    case lower(entry_type)
        when 'disbursement' then company_amount
        when 'clawback' then -company_amount
        else cast(0 as double)
    end as reinvested_amount,
    company_currency,
    connection_id || ':' || saving_id as saving_key,
    connection_id || ':' || pilot_id as pilot_key,
    purpose
from valued
