{{ config(materialized='view') }}

-- How likely a line is to come late, at each age it reached while it was open: what the vendor's lines of that age say, drawn towards its
-- category, and that towards all, by as much as they say. A chance that was given stays as it was given: it rests on what was known when
-- its week began.
with ages as (
    select * from {{ ref('int_early_warning__reached_age') }}
),

shares as (
    select * from {{ ref('int_early_warning__late_share') }}
),

setting as (
    {{ valid_threshold('likely_late') }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

reached as (
    select
        ages.*,
        vendors.category,
        case when ages.is_moved then 'moved' else 'kept' end as moves,
        setting.prior_strength,
        setting.least_deliveries,
        setting.watch_min_probability,
        setting.alert_min_probability,
        setting.min_lift
    from ages
    cross join setting
    inner join vendors on ages.vendor_key = vendors.vendor_key
),

counted as (
    select
        reached.*,
        coalesce(of_vendor.open_deliveries, 0) as vendor_deliveries,
        coalesce(of_vendor.late_deliveries, 0) as vendor_late_deliveries,
        coalesce(of_category.open_deliveries, 0) as category_deliveries,
        coalesce(of_category.late_deliveries, 0) as category_late_deliveries,
        coalesce(of_all.open_deliveries, 0) as all_deliveries,
        coalesce(of_all.late_deliveries, 0) as all_late_deliveries,
        coalesce(any_of_category.open_deliveries, 0) as any_category_deliveries,
        coalesce(any_of_category.late_deliveries, 0) as any_category_late_deliveries,
        any_of_all.late_deliveries / cast(any_of_all.open_deliveries as double) as any_share
    from reached
    inner join shares as any_of_all
        on
            any_of_all.pool_kind = 'all'
            and any_of_all.moves = 'any'
            and reached.age_days = any_of_all.age_days
            and {{ week_of('reached.reached_at') }} = any_of_all.week
    {%- for name, kind, pool, moves in [
        ('of_vendor', 'vendor', 'reached.vendor_key', 'reached.moves'),
        ('of_category', 'category', 'reached.category', 'reached.moves'),
        ('of_all', 'all', "'*'", 'reached.moves'),
        ('any_of_category', 'category', 'reached.category', "'any'"),
    ] %}
    left join shares as {{ name }}
        on
            {{ name }}.pool_kind = '{{ kind }}'
            and {{ name }}.pool = {{ pool }}
            and {{ name }}.moves = {{ moves }}
            and reached.age_days = {{ name }}.age_days
            and {{ week_of('reached.reached_at') }} = {{ name }}.week
    {%- endfor %}
    where any_of_all.open_deliveries >= reached.least_deliveries
),

pooled as (
    select
        *,
        (all_late_deliveries + prior_strength * any_share) / (all_deliveries + prior_strength) as all_share,
        (any_category_late_deliveries + prior_strength * any_share) / (any_category_deliveries + prior_strength) as usual_share
    from counted
),

drawn as (
    select
        *,
        (category_late_deliveries + prior_strength * all_share) / (category_deliveries + prior_strength) as category_share
    from pooled
),

weighed as (
    select
        *,
        vendor_late_deliveries + prior_strength * category_share as weighed_late_deliveries,
        vendor_deliveries + prior_strength as weighed_deliveries
    from drawn
),

estimated as (
    select
        *,
        round(weighed_late_deliveries / weighed_deliveries, 6) as late_probability,
        round({{ wilson_lower('weighed_late_deliveries', 'weighed_deliveries') }}, 6) as late_probability_low,
        round({{ wilson_upper('weighed_late_deliveries', 'weighed_deliveries') }}, 6) as late_probability_high,
        round(usual_share, 6) as usual_late_share
    from weighed
)

select
    order_bucket,
    purchase_order_line,
    schedule_line,
    promise_number,
    promise_date,
    vendor_key,
    is_moved,
    age_days,
    reached_at,
    replaced_at,
    in_full_date,
    ended_at,
    end_reason,
    vendor_deliveries,
    vendor_late_deliveries,
    category_deliveries,
    category_late_deliveries,
    late_probability,
    late_probability_low,
    late_probability_high,
    usual_late_share,
    late_probability >= watch_min_probability and late_probability - usual_late_share >= min_lift as is_watch,
    coalesce(late_probability >= alert_min_probability, false) and late_probability - usual_late_share >= min_lift as is_alert
from estimated
