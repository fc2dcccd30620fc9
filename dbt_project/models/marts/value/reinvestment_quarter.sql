-- How much of validated savings went back into joint work: in four quarters, and of the savings of each quarter until now.
with quarters as (
    select * from {{ ref('int_ecosystem_quarter__quarter') }}
),

savings as (
    select
        *,
        {{ quarter_of('validated_on') }} as quarter
    from {{ ref('fct_saving') }}
    where is_validated
),

entries as (
    select
        *,
        {{ quarter_of('booked_on') }} as quarter
    from {{ ref('fct_reinvestment') }}
    where is_booked
),

movements as (
    select
        quarter,
        validated_company_amount as validated,
        1 as savings,
        cast(0 as double) as reinvested,
        cast(0 as double) as committed,
        cast(0 as double) as bonus,
        cast(0 as double) as cohort_reinvested,
        case when validated_company_amount is null then 1 else 0 end as unknown_amounts,
        case when validated_company_amount is null then 1 else 0 end as unknown_in_share,
        case when validated_company_amount is null then 1 else 0 end as unknown_in_cohort
    from savings
    union all
    select
        quarter,
        cast(0 as double) as validated,
        0 as savings,
        reinvested_amount as reinvested,
        case when entry_type = 'commitment' then company_amount else 0 end as committed,
        case when entry_type = 'bonus' then company_amount else 0 end as bonus,
        cast(0 as double) as cohort_reinvested,
        case when company_amount is null then 1 else 0 end as unknown_amounts,
        -- a commitment or a bonus is in no share, whatever its rate
        case when reinvested_amount is null then 1 else 0 end as unknown_in_share,
        0 as unknown_in_cohort
    from entries
    union all
    -- what was spent of a saving belongs to the quarter in which that saving was validated
    select
        savings.quarter,
        cast(0 as double) as validated,
        0 as savings,
        cast(0 as double) as reinvested,
        cast(0 as double) as committed,
        cast(0 as double) as bonus,
        entries.reinvested_amount as cohort_reinvested,
        0 as unknown_amounts,
        0 as unknown_in_share,
        case when entries.reinvested_amount is null then 1 else 0 end as unknown_in_cohort
    from entries
    inner join savings on entries.saving_key = savings.saving_key
),

booked as (
    select
        quarters.quarter,
        {%- for name in ['validated', 'reinvested', 'committed', 'bonus', 'cohort_reinvested'] %}
        round(coalesce(sum(movements.{{ name }}), 0), 2) as {{ name }},
        {%- endfor %}
        cast(coalesce(sum(movements.savings), 0) as bigint) as savings,
        cast(coalesce(sum(movements.unknown_amounts), 0) as bigint) as unknown_amounts,
        coalesce(sum(movements.unknown_in_share), 0) as unknown_in_share,
        coalesce(sum(movements.unknown_in_cohort), 0) as unknown_in_cohort
    from quarters
    left join movements on quarters.quarter = movements.quarter
    group by quarters.quarter
),

rolled as (
    select
        *,
        round(sum(validated) over four_quarters, 2) as validated_rolling,
        round(sum(reinvested) over four_quarters, 2) as reinvested_rolling,
        cast(sum(savings) over four_quarters as bigint) as savings_rolling,
        sum(unknown_in_share) over four_quarters as unknown_in_share_rolling
    from booked
    window four_quarters as (order by quarter rows between 3 preceding and current row)
)

select
    rolled.quarter,
    rolled.validated as validated_amount,
    rolled.savings as validated_savings,
    rolled.committed as committed_amount,
    rolled.reinvested as reinvested_amount,
    rolled.bonus as bonus_amount,
    rolled.unknown_amounts,
    rolled.validated_rolling as validated_amount_rolling,
    rolled.reinvested_rolling as reinvested_amount_rolling,
    -- nothing saved, or an amount that nobody can value: no share
    case
        when rolled.validated_rolling > 0 and rolled.unknown_in_share_rolling = 0
            then rolled.reinvested_rolling / rolled.validated_rolling
    end as savings_reinvested,
    rolled.savings_rolling as savings_reinvested_n,
    rolled.cohort_reinvested as cohort_reinvested_amount,
    case
        when rolled.validated > 0 and rolled.unknown_in_cohort = 0
            then rolled.cohort_reinvested / rolled.validated
    end as cohort_reinvested,
    settings.company_currency
from rolled
cross join {{ ref('int_company_setting') }} as settings
