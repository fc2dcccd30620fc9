-- What each KPI of a vendor's health is counted from, by quarter: months are added up, never averaged.
{{ config(materialized='ephemeral') }}

{% set sums = [
    ('otd_first_promise', 'on_time', 'first_promise_on_time', 'first_promise_due', 'first_promise_due'),
    ('otd_latest_promise', 'on_time', 'latest_promise_on_time', 'latest_promise_due', 'latest_promise_due'),
    ('lot_acceptance', 'quality', 'lot_rejection_rate_n - rejected_lots', 'lot_rejection_rate_n', 'lot_rejection_rate_n'),
    ('defect_ppm', 'defects', '1000000.0 * registered_defects', 'defect_ppm_registered_n', 'defect_ppm_registered_n'),
    ('price_variance_contract', 'invoiced', 'variance', 'amount', 'invoice_lines'),
    ('tickets_within_target', 'service', 'tickets_within_target', 'tickets_decided', 'tickets_decided'),
    ('availability', 'service', 'agreed_hours - unplanned_hours', 'agreed_hours', 'availability_items'),
    (
        'stakeholder_nps', 'relationship', '100.0 * (stakeholder_nps_promoters - stakeholder_nps_detractors)',
        'stakeholder_nps_votes', 'stakeholder_nps_votes'
    ),
] -%}

with on_time as (
    select * from {{ ref('int_vendor_month__on_time') }}
),

quality as (
    select * from {{ ref('int_vendor_month__quality') }}
),

-- pieces and kilograms do not add up: the quarter counts in the unit of most of its goods
units as (
    select
        vendor_key,
        {{ quarter_of('month') }} as quarter,
        defect_ppm_unit,
        row_number() over (
            partition by vendor_key, {{ quarter_of('month') }}
            order by sum(defect_ppm_registered_n) desc, defect_ppm_unit
        ) as place
    from quality
    where defect_ppm_unit is not null
    group by vendor_key, {{ quarter_of('month') }}, defect_ppm_unit
),

defects as (
    select quality.*
    from quality
    inner join units
        on
            quality.vendor_key = units.vendor_key
            and {{ quarter_of('quality.month') }} = units.quarter
            and quality.defect_ppm_unit = units.defect_ppm_unit
    where units.place = 1
),

invoiced as (
    select
        vendor_key,
        posting_date as month,
        amount_at_order_rate - quantity * contract_price as variance,
        quantity * contract_price as amount,
        1 as invoice_lines
    from {{ ref('int_cost__line_baseline') }}
    where not is_price_outlier and contract_price is not null
),

service as (
    select * from {{ ref('int_vendor_month__service') }}
),

relationship as (
    select * from {{ ref('int_vendor_month__relationship') }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

counted as (
    {% for metric_id, part, part_sum, whole, n in sums -%}
    select
        vendor_key,
        {{ quarter_of('month') }} as quarter,
        '{{ metric_id }}' as metric_id,
        cast(sum({{ part_sum }}) as double) as part,
        cast(sum({{ whole }}) as double) as whole,
        cast(sum({{ n }}) as bigint) as n,
        cast(sum({{ 'stakeholder_nps_promoters + stakeholder_nps_detractors' if part == 'relationship' else 'null' }}) as double) as decided
    from {{ part }}
    group by vendor_key, {{ quarter_of('month') }}
    union all
    {% endfor -%}
    -- only strategic vendors are asked for ideas; for them a quarter without any is a zero
    select
        vendors.vendor_key,
        {{ quarter_of('relationship.month') }} as quarter,
        'proposals_actionable' as metric_id,
        cast(sum(relationship.proposals_actionable) as double) as part,
        cast(1 as double) as whole,
        cast(sum(relationship.proposals_submitted) as bigint) as n,
        cast(null as double) as decided
    from relationship
    inner join vendors on relationship.vendor_key = vendors.vendor_key
    -- a month with a renewal or an engagement alone says nothing about ideas
    where vendors.is_strategic and relationship.proposals_submitted is not null
    group by vendors.vendor_key, {{ quarter_of('relationship.month') }}
)

select
    counted.vendor_key,
    vendors.category,
    counted.quarter,
    counted.metric_id,
    counted.part,
    counted.whole,
    counted.n,
    counted.decided
from counted
inner join vendors on counted.vendor_key = vendors.vendor_key
where counted.whole > 0
