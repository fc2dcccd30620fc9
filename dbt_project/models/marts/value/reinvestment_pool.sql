-- The ledger of each pool with its running balance: validated savings in, money out, clawbacks back in.
with savings as (
    select * from {{ ref('fct_saving') }}
    where is_validated
),

entries as (
    select * from {{ ref('fct_reinvestment') }}
    where is_booked and pool is not null
),

-- a saving belongs to the pool whose entry named it first
ranked as (
    select
        saving_key,
        pool,
        row_number() over (partition by saving_key order by booked_on, reinvestment_key) as place
    from entries
    where saving_key is not null
),

movements as (
    select
        coalesce(ranked.pool, 'unassigned') as pool,
        savings.saving_key as entry_key,
        'saving' as entry_type,
        0 as entry_order,
        savings.validated_on as booked_on,
        savings.vendor_key,
        savings.saving_key,
        cast(null as string) as pilot_key,
        savings.title as purpose,
        savings.validated_company_amount as amount,
        savings.company_currency
    from savings
    left join ranked
        on savings.saving_key = ranked.saving_key and ranked.place = 1
    union all
    select
        pool,
        reinvestment_key as entry_key,
        entry_type,
        1 as entry_order,
        booked_on,
        vendor_key,
        saving_key,
        pilot_key,
        purpose,
        company_amount as amount,
        company_currency
    from entries
),

signed as (
    select
        *,
        case entry_type
            when 'saving' then amount
            when 'clawback' then amount
            when 'disbursement' then -amount
            when 'bonus' then -amount
            when 'commitment' then cast(0 as double)
        end as balance_change,
        case entry_type when 'commitment' then amount when 'disbursement' then -amount else 0 end as commitment_change,
        case entry_type when 'disbursement' then amount when 'clawback' then -amount else 0 end as reinvested_change
    from movements
)

select
    pool,
    entry_key,
    entry_type,
    booked_on,
    vendor_key,
    saving_key,
    pilot_key,
    purpose,
    amount,
    balance_change,
    -- what has no rate is in no sum, also when nothing else came before it
    coalesce(round(sum(balance_change) over running, 2), 0) as balance,
    coalesce(round(sum(commitment_change) over running, 2), 0) as open_commitment,
    coalesce(round(sum(reinvested_change) over running, 2), 0) as reinvested_to_date,
    company_currency
from signed
window running as (
    partition by pool
    order by booked_on, entry_order, entry_key
    rows between unbounded preceding and current row
)
