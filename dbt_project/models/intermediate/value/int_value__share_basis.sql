{{ config(materialized='ephemeral') }}

-- What each value-share agreement is measured by in each of its quarters, in its own currency.
with agreements as (
    select
        agreements.*,
        crosswalk.vendor_key,
        coalesce(crosswalk.vendor_key, agreements.connection_id || ':' || agreements.account_id) as party
    from {{ ref('int_crm__value_share_agreement') }} as agreements
    left join {{ ref('int_crosswalk__vendor') }} as crosswalk
        on
            agreements.connection_id = crosswalk.connection_id
            and agreements.account_id = crosswalk.external_id
            and crosswalk.kind = 'crm'
),

quarters as (
    select * from {{ ref('int_ecosystem_quarter__quarter') }}
),

savings as (
    select
        *,
        coalesce(vendor_key, connection_id || ':' || crm_account_id) as party
    from {{ ref('fct_saving') }}
    where is_validated or is_taken_back
),

rates as (
    select * from {{ ref('int_calendar__company_rate') }}
),

on_time as (
    select
        vendor_key,
        {{ quarter_of('month') }} as quarter,
        cast(sum(first_promise_due) as bigint) as due,
        cast(sum(first_promise_on_time) as bigint) as on_time
    from {{ ref('int_vendor_month__on_time') }}
    group by vendor_key, {{ quarter_of('month') }}
),

-- months that count in pieces and months that count in kilograms do not add up: the quarter counts in the unit of most
quality as (
    select
        vendor_key,
        {{ quarter_of('month') }} as quarter,
        sum(registered_defects) as defects,
        sum(defect_ppm_registered_n) as units,
        row_number() over (
            partition by vendor_key, {{ quarter_of('month') }}
            order by sum(defect_ppm_registered_n) desc, defect_ppm_unit
        ) as place
    from {{ ref('int_vendor_month__quality') }}
    where defect_ppm_unit is not null
    group by vendor_key, {{ quarter_of('month') }}, defect_ppm_unit
),

periods as (
    select
        agreements.*,
        quarters.quarter,
        cast({{ dbt.dateadd('month', 3, 'quarters.quarter') }} as date) as quarter_end
    from agreements
    inner join quarters
        on
            agreements.valid_from < {{ dbt.dateadd('month', 3, 'quarters.quarter') }}
            and (agreements.valid_to is null or agreements.valid_to >= quarters.quarter)
),

saved as (
    select
        periods.connection_id,
        periods.value_share_agreement_id,
        periods.quarter,
        savings.is_taken_back,
        savings.is_baseline_in_time,
        case
            when savings.currency = periods.currency then savings.validated_amount
            else savings.validated_company_amount / nullif(rates.rate, 0)
        end as amount
    from periods
    inner join savings
        on
            periods.party = savings.party
            and periods.quarter <= savings.validated_on
            and periods.quarter_end > savings.validated_on
            and periods.valid_from <= savings.validated_on
            and (periods.valid_to is null or periods.valid_to >= savings.validated_on)
    left join rates
        on periods.currency = rates.currency and savings.validated_on = rates.calendar_date
),

summed as (
    select
        connection_id,
        value_share_agreement_id,
        quarter,
        round(sum(case when is_baseline_in_time then amount else 0 end), 2) as validated_saving,
        round(sum(case when is_baseline_in_time and is_taken_back then amount else 0 end), 2) as taken_back_saving,
        round(sum(case when is_baseline_in_time then 0 else amount end), 2) as saving_without_baseline,
        cast(count(*) as bigint) as savings,
        cast(sum(case when amount is null then 1 else 0 end) as bigint) as unknown_amounts
    from saved
    group by connection_id, value_share_agreement_id, quarter
)

select
    periods.connection_id,
    periods.value_share_agreement_id,
    periods.value_share_agreement_number,
    periods.vendor_key,
    periods.account_id,
    periods.quarter,
    periods.quarter_end <= {{ as_of_date() }} as is_over,
    periods.currency,
    -- without a threshold the vendor shares from the first unit, without a share in nothing
    coalesce(cast(periods.threshold_amount as double), 0) as threshold_amount,
    coalesce(periods.share_pct, 0) / cast(100 as double) as bonus_share,
    cast(periods.cap_amount as double) as cap_amount,
    cast(periods.quality_gate_ppm as double) as quality_gate_ppm,
    periods.delivery_gate_pct / cast(100 as double) as delivery_gate,
    coalesce(periods.clawback_pct, 0) / cast(100 as double) as clawback_share,
    coalesce(summed.savings, 0) as savings,
    coalesce(summed.unknown_amounts, 0) as unknown_amounts,
    coalesce(summed.validated_saving, 0) as validated_saving,
    coalesce(summed.taken_back_saving, 0) as taken_back_saving,
    coalesce(summed.saving_without_baseline, 0) as saving_without_baseline,
    coalesce(on_time.due, 0) as lines_due,
    coalesce(on_time.on_time, 0) as lines_on_time,
    coalesce(cast(quality.units as double), 0) as units,
    coalesce(cast(quality.defects as double), 0) as defects
from periods
left join summed
    on
        periods.connection_id = summed.connection_id
        and periods.value_share_agreement_id = summed.value_share_agreement_id
        and periods.quarter = summed.quarter
left join on_time
    on periods.vendor_key = on_time.vendor_key and periods.quarter = on_time.quarter
left join quality
    on periods.vendor_key = quality.vendor_key and periods.quarter = quality.quarter and quality.place = 1
