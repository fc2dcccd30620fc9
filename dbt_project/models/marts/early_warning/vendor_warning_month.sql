with warnings as (
    select * from {{ ref('vendor_warning') }}
),

spoken as (
    select * from {{ ref('int_vendor_warning__spoken') }}
),

baselines as (
    select * from {{ ref('int_vendor_warning__baseline') }}
),

months as (
    select
        rule_id,
        vendor_key,
        opened_date,
        {{ month_of('known_date') }} as month,
        {{ exact_sum('counted_bad') }} as bad,
        {{ exact_sum('counted') }} as amount,
        {{ exact_sum('voices') }} as voices,
        {{ exact_sum('voices * bad / amount') }} / {{ exact_sum('voices') }} as share
    from spoken
    group by rule_id, vendor_key, opened_date, {{ month_of('known_date') }}
),

units as (
    select
        *,
        case unit when 'ppm' then 1000000 else 1 end as units_of_one
    from warnings
)

select
    {{ dbt.hash("units.signal_key || '|' || cast(months.month as string)") }} as vendor_warning_month_key,
    units.signal_key,
    units.vendor_key,
    months.month as month_date,
    units.unit,
    cast(months.bad as bigint) as observed_count,
    cast(months.amount as bigint) as n,
    round(months.share * units.units_of_one, 6) as observed,
    round({{ wilson_lower('(months.share * months.voices)', 'months.voices') }} * units.units_of_one, 6) as observed_low,
    round({{ wilson_upper('(months.share * months.voices)', 'months.voices') }} * units.units_of_one, 6) as observed_high,
    round(baselines.usual_share * units.units_of_one, 6) as expected
from units
inner join months
    on
        units.rule_id = months.rule_id
        and units.vendor_key = months.vendor_key
        and units.episode = cast(months.opened_date as string)
inner join baselines
    on
        months.rule_id = baselines.rule_id
        and months.vendor_key = baselines.vendor_key
        and months.month = baselines.month
