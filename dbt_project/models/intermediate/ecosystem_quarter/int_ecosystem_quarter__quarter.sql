-- Quarters from the first order, vote, proposal, joint KPI or saving to the as-of time, without a gap.
with orders as (
    select * from {{ ref('int_erp__purchase_order') }}
),

responses as (
    select * from {{ ref('int_crm__survey_response') }}
),

proposals as (
    select * from {{ ref('int_crm__proposal') }}
),

joint_kpis as (
    select * from {{ ref('int_crm__joint_kpi') }}
),

savings as (
    select * from {{ ref('int_crm__saving') }}
),

first_dates as (
    select min(order_date) as first_date from orders
    union all
    select min(wave_quarter) as first_date from responses
    union all
    select min(submitted_date) as first_date from proposals
    union all
    select min(quarter) as first_date from joint_kpis
    union all
    select min(validated_on) as first_date from savings
),

bounds as (
    select
        {{ quarter_of('min(first_date)') }} as first_quarter,
        {{ quarter_of(as_of_date()) }} as last_quarter
    from first_dates
),

-- 4 * 4 * 4 * 4 quarters are 64 years
digits as (
    select 0 as digit
    union all
    select 1 as digit
    union all
    select 2 as digit
    union all
    select 3 as digit
),

numbers as (
    select ones.digit + 4 * fours.digit + 16 * sixteens.digit + 64 * sixty_fours.digit as number
    from digits as ones
    cross join digits as fours
    cross join digits as sixteens
    cross join digits as sixty_fours
),

quarters as (
    select
        cast({{ dbt.dateadd('month', 'numbers.number * 3', 'bounds.first_quarter') }} as date) as quarter,
        bounds.last_quarter
    from bounds
    cross join numbers
)

select quarter
from quarters
where quarter <= last_quarter
