{% set cohort_key = ['vendor_key', 'cohort', 'cohort_start'] -%}

with survival as (
    select * from {{ ref('int_lead_time__survival') }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

-- of delivered lines alone, for comparison: it forgets the slow ones that are still open
delivered as (
    select
        *,
        sum(delivered_lines) over (
            partition by {{ cohort_key | join(', ') }}
            order by lead_days
            rows between unbounded preceding and current row
        ) as delivered_so_far,
        sum(delivered_lines) over (partition by {{ cohort_key | join(', ') }}) as delivered_in_all
    from survival
),

measured as (
    select
        delivered.vendor_key,
        delivered.cohort,
        delivered.cohort_start,
        cast(sum(delivered.delivered_lines + delivered.censored_lines) as bigint) as lines,
        cast(sum(delivered.delivered_lines) as bigint) as delivered_lines,
        cast(sum(delivered.open_lines) as bigint) as open_lines,
        cast(sum(delivered.censored_lines - delivered.open_lines) as bigint) as cancelled_lines,
        {%- for name, open_share in {'p50': 0.5, 'p90': 0.1}.items() %}
        {%- for bound in ['', '_lower', '_upper'] %}
        -- 1e-9: the curve is a product of rounded logarithms, and a half must count as a half
        min(case when delivered.open_share{{ bound }} <= {{ open_share }} + 1e-9 then delivered.lead_days end) as {{ name }}{{ bound }},
        {%- endfor %}
        {%- endfor %}
        min(
            case
                when delivered.delivered_in_all > 0 and delivered.delivered_so_far * 2 >= delivered.delivered_in_all
                    then delivered.lead_days
            end
        ) as delivered_only_p50,
        max(delivered.lead_days) as longest_days,
        min(delivered.open_share) as last_open_share,
        -- the area under the curve up to the horizon: the first day on, all lines are open
        least(min(delivered.lead_days), max(settings.lead_time_horizon_days))
        + sum(
            delivered.open_share * greatest(
                least(coalesce(delivered.next_lead_days, settings.lead_time_horizon_days), settings.lead_time_horizon_days)
                - delivered.lead_days, 0
            )
        ) as restricted_mean_days,
        max(settings.lead_time_horizon_days) as horizon_days
    from delivered
    cross join settings
    group by delivered.vendor_key, delivered.cohort, delivered.cohort_start
)

select
    measured.vendor_key || '/' || measured.cohort || '/' || cast(measured.cohort_start as string) as lead_time_key,
    measured.vendor_key,
    vendors.vendor_name,
    measured.cohort,
    measured.cohort_start,
    measured.lines,
    measured.delivered_lines,
    measured.open_lines,
    measured.cancelled_lines,
    {%- for name in ['p50', 'p90'] %}
    cast(measured.{{ name }} as double) as lead_time_{{ name }},
    measured.lines as lead_time_{{ name }}_n,
    cast(measured.{{ name }}_lower as double) as lead_time_{{ name }}_lower,
    cast(measured.{{ name }}_upper as double) as lead_time_{{ name }}_upper,
    {%- endfor %}
    -- beyond the longest observation the curve is unknown while it is above 0
    case
        when measured.longest_days >= measured.horizon_days or measured.last_open_share = 0
            then cast(measured.restricted_mean_days as double)
    end as restricted_mean_days,
    measured.horizon_days,
    cast(measured.delivered_only_p50 as double) as delivered_only_p50_days
from measured
inner join vendors on measured.vendor_key = vendors.vendor_key
