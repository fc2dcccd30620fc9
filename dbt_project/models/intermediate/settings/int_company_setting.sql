{{ config(materialized='ephemeral') }}

-- The settings of the company that are valid at the as-of time, as one row.
with settings as (
    select * from {{ ref('seed_company_setting') }}
    where valid_from <= {{ as_of_date() }}
),

newest as (
    select
        *,
        row_number() over (partition by setting order by valid_from desc) as place
    from settings
)

select
    max(case when setting = 'company_currency' then value end) as company_currency,
    max(case when setting = 'exchange_rate_type' then value end) as exchange_rate_type,
    cast(max(case when setting = 'fiscal_year_start_month' then value end) as integer) as fiscal_year_start_month
from newest
where place = 1
