-- The bonus clause, one step to a column: saving, threshold, share, cap, what was taken back, gates on their interval, payable.
with basis as (
    select * from {{ ref('int_value__share_basis') }}
),

measured as (
    select
        *,
        validated_saving - taken_back_saving as standing_saving,
        greatest(validated_saving - threshold_amount, 0) as excess_saving,
        greatest(validated_saving - taken_back_saving - threshold_amount, 0) as standing_excess_saving,
        1000000 * defects / nullif(units, 0) as defect_ppm,
        1000000 * {{ poisson_lower('defects') }} / nullif(units, 0) as defect_ppm_lower,
        1000000 * {{ poisson_upper('defects') }} / nullif(units, 0) as defect_ppm_upper,
        lines_on_time / nullif(cast(lines_due as double), 0) as otd_first_promise,
        {{ wilson_lower('lines_on_time', 'lines_due') }} as otd_first_promise_lower,
        {{ wilson_upper('lines_on_time', 'lines_due') }} as otd_first_promise_upper
    from basis
),

judged as (
    select
        *,
        round(bonus_share * excess_saving, 2) as raw_bonus,
        round(least(bonus_share * excess_saving, coalesce(cap_amount, bonus_share * excess_saving)), 2) as capped_bonus,
        round(least(bonus_share * standing_excess_saving, coalesce(cap_amount, bonus_share * standing_excess_saving)), 2) as standing_bonus,
        case
            when quality_gate_ppm is null then 'no gate'
            when defect_ppm_upper <= quality_gate_ppm then 'pass'
            when defect_ppm_lower > quality_gate_ppm then 'fail'
            else 'cannot tell'
        end as quality_gate,
        case
            when delivery_gate is null then 'no gate'
            when otd_first_promise_lower >= delivery_gate then 'pass'
            when otd_first_promise_upper < delivery_gate then 'fail'
            else 'cannot tell'
        end as delivery_gate_result
    from measured
),

stated as (
    select
        *,
        round(clawback_share * (capped_bonus - standing_bonus), 2) as clawback_amount,
        case
            when not is_over then 'running'
            when unknown_amounts > 0 then 'cannot tell'
            when capped_bonus = 0 then 'not earned'
            when quality_gate = 'fail' or delivery_gate_result = 'fail' then 'gate failed'
            when quality_gate = 'cannot tell' or delivery_gate_result = 'cannot tell' then 'cannot tell'
            else 'payable'
        end as state
    from judged
)

select
    connection_id || ':' || value_share_agreement_id as agreement_key,
    value_share_agreement_number as agreement,
    vendor_key,
    account_id as crm_account_id,
    quarter,
    savings,
    unknown_amounts,
    saving_without_baseline,
    validated_saving,
    taken_back_saving,
    standing_saving,
    threshold_amount,
    excess_saving,
    bonus_share,
    raw_bonus,
    cap_amount,
    capped_bonus,
    standing_bonus,
    clawback_share,
    clawback_amount,
    quality_gate_ppm,
    defect_ppm,
    units as defect_ppm_n,
    defect_ppm_lower,
    defect_ppm_upper,
    quality_gate,
    delivery_gate,
    otd_first_promise,
    lines_due as otd_first_promise_n,
    otd_first_promise_lower,
    otd_first_promise_upper,
    delivery_gate_result,
    state,
    case
        when state = 'payable' then capped_bonus - clawback_amount
        when state in ('not earned', 'gate failed') then 0
    end as payable_amount,
    case when state = 'cannot tell' then capped_bonus - clawback_amount end as held_amount,
    currency
from stated
