{% set stages = ['identified', 'negotiated', 'realised', 'validated'] -%}

with savings as (
    select * from {{ ref('int_crm__saving') }}
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

-- each amount at the rate of its own day; without a rate it is unknown
valued as (
    select
        savings.*,
        crosswalk.vendor_key,
        {%- for stage in stages %}
        round(
            cast(savings.{{ stage }}_amount as double)
            * case when savings.currency = settings.company_currency then 1 else {{ stage }}_rates.rate end,
            2
        ) as {{ stage }}_company_amount,
        {%- endfor %}
        settings.company_currency
    from savings
    cross join settings
    left join crosswalk
        on savings.connection_id = crosswalk.connection_id and savings.account_id = crosswalk.external_id
    {%- for stage in stages %}
    left join rates as {{ stage }}_rates
        on
            savings.currency = {{ stage }}_rates.currency
            and savings.{{ stage }}_on = {{ stage }}_rates.calendar_date
    {%- endfor %}
)

select
    connection_id || ':' || saving_id as saving_key,
    connection_id,
    saving_number as saving,
    vendor_key,
    account_id as crm_account_id,
    connection_id || ':' || proposal_id as proposal_key,
    title,
    lower(kind) as kind,
    lower(stage) as stage,
    baseline_fixed_on,
    -- a baseline that was written down after the negotiation measures nothing
    coalesce(baseline_fixed_on <= negotiated_on, false) as is_baseline_in_time,
    {%- for stage in stages %}
    {{ stage }}_on,
    cast({{ stage }}_amount as double) as {{ stage }}_amount,
    {{ stage }}_company_amount,
    {%- endfor %}
    currency,
    company_currency,
    validated_by,
    coalesce(lower(kind) = 'saving' and lower(stage) = 'validated' and validated_on <= {{ as_of_date() }}, false) as is_validated,
    coalesce(lower(kind) = 'saving' and lower(stage) = 'rejected' and validated_on <= {{ as_of_date() }}, false) as is_taken_back
from valued
