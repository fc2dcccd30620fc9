with renewals as (
    select * from {{ ref('int_crm__contract_renewal') }}
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'crm'
)

select
    renewals.connection_id || ':' || renewals.contract_renewal_id as renewal_key,
    renewals.connection_id,
    renewals.contract_renewal_number as renewal,
    crosswalk.vendor_key,
    renewals.account_id as crm_account_id,
    renewals.contract_number,
    renewals.due_date,
    renewals.decided_on,
    renewals.signed_on,
    renewals.outcome,
    -- a contract that ends needs a decision and no signature
    case
        when renewals.outcome = 'Ended' then 'ended'
        when renewals.signed_on is not null then 'signed'
        when renewals.due_date < {{ as_of_date() }} then 'overdue'
        when renewals.decided_on is not null then 'decided'
        else 'open'
    end as state,
    {{ days_between('renewals.signed_on', 'renewals.due_date') }} as lead_days,
    {{ days_between('renewals.decided_on', 'renewals.due_date') }} as notice_days,
    cast(renewals.term_months as integer) as term_months,
    cast(renewals.annual_value as double) as annual_value,
    renewals.currency
from renewals
left join crosswalk
    on renewals.connection_id = crosswalk.connection_id and renewals.account_id = crosswalk.external_id
