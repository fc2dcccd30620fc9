-- Tickets by the month they were opened in, hours of resolved tickets by the month they were resolved in, availability by month.
with tickets as (
    select * from {{ ref('fct_service_ticket') }}
    where vendor_key is not null and not is_cancelled and opened_at is not null
),

availability as (
    select
        vendor_key,
        month,
        cast(count(distinct configuration_item_key) as bigint) as availability_items,
        round(sum(scheduled_hours - planned_hours), 6) as agreed_hours,
        round(sum(unplanned_hours), 6) as unplanned_hours,
        round(sum(degraded_hours), 6) as degraded_hours
    from {{ ref('fct_availability') }}
    where vendor_key is not null and unplanned_hours is not null
    group by vendor_key, month
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

observations as (
    select
        tickets.vendor_key,
        {{ month_of('tickets.opened_at') }} as month,
        1 as is_opened,
        -- an open ticket older than the target has missed it; a younger one is undecided, and so is one closed without a resolution time
        case
            when tickets.gross_hours <= settings.ticket_target_hours then 1
            when tickets.gross_hours is not null then 0
            when tickets.is_open and {{ hours_between('tickets.opened_at', as_of()) }} > settings.ticket_target_hours then 0
        end as is_within_target,
        {%- for kind in ['resolution', 'underpinning'] %}
        case tickets.{{ kind }}_state when 'met' then 1 when 'breached' then 0 end as is_{{ kind }}_met,
        {%- endfor %}
    {%- for kind in ['gross', 'net', 'business'] %}
    cast(null as double) as {{ kind }}_hours{{ ',' if not loop.last }}
    {%- endfor %}
    from tickets
    cross join settings
    union all
    select
        vendor_key,
        {{ month_of('resolved_at') }} as month,
        0 as is_opened,
        cast(null as integer) as is_within_target,
        cast(null as integer) as is_resolution_met,
        cast(null as integer) as is_underpinning_met,
        gross_hours,
        net_hours,
        business_hours
    from tickets
    where gross_hours is not null
),

counted as (
    select
        vendor_key,
        month,
        cast(sum(is_opened) as bigint) as tickets_opened,
        cast(count(gross_hours) as bigint) as tickets_resolved,
        {%- for kind in ['gross', 'net', 'business'] %}
        {{ percentile(kind ~ '_hours', 0.5) }} as ticket_{{ kind }}_hours_p50,
        {{ percentile(kind ~ '_hours', 0.9) }} as ticket_{{ kind }}_hours_p90,
        cast(count({{ kind }}_hours) as bigint) as ticket_{{ kind }}_hours_n,
        {%- endfor %}
        {%- for kind in ['resolution', 'underpinning'] %}
        cast(count(is_{{ kind }}_met) as bigint) as {{ kind }}_decided,
        cast(coalesce(sum(is_{{ kind }}_met), 0) as bigint) as {{ kind }}_met,
        {%- endfor %}
        cast(count(is_within_target) as bigint) as tickets_decided,
        cast(coalesce(sum(is_within_target), 0) as bigint) as tickets_within_target
    from observations
    group by vendor_key, month
),

-- a ticket that is still open has lasted at least until now; one closed without a resolution time says nothing
durations as (
    select
        vendor_key,
        {{ month_of('opened_at') }} as month,
        coalesce(gross_hours, {{ hours_between('opened_at', as_of()) }}) as duration,
        case when gross_hours is not null then 1 else 0 end as is_event
    from tickets
    where gross_hours is not null or (is_open and resolved_at is null)
),

survival as (
    {{ kaplan_meier('durations', ['vendor_key', 'month']) }}
),

vendor_months as (
    select
        vendor_key,
        month
    from counted
    union
    select
        vendor_key,
        month
    from availability
)

select
    vendor_months.vendor_key,
    vendor_months.month,
    counted.tickets_opened,
    counted.tickets_resolved,
    {%- for kind in ['gross', 'net', 'business'] %}
    counted.ticket_{{ kind }}_hours_p50,
    counted.ticket_{{ kind }}_hours_p90,
    counted.ticket_{{ kind }}_hours_n,
    {%- endfor %}
    survival.n as mttr_n,
    survival.n - survival.events as mttr_open_tickets,
    {%- for share in ['p50', 'p90'] %}
    survival.{{ share }} as mttr_{{ share }}_hours,
    survival.{{ share }}_lower as mttr_{{ share }}_hours_lower,
    survival.{{ share }}_upper as mttr_{{ share }}_hours_upper,
    {%- endfor %}
    {%- for kind, kpi in {'resolution': 'sla_attainment', 'underpinning': 'underpinning_attainment'}.items() %}
    counted.{{ kind }}_decided,
    counted.{{ kind }}_met,
    counted.{{ kind }}_met / nullif(cast(counted.{{ kind }}_decided as double), 0) as {{ kpi }},
    counted.{{ kind }}_decided as {{ kpi }}_n,
    {{ wilson_lower('counted.' ~ kind ~ '_met', 'counted.' ~ kind ~ '_decided') }} as {{ kpi }}_lower,
    {{ wilson_upper('counted.' ~ kind ~ '_met', 'counted.' ~ kind ~ '_decided') }} as {{ kpi }}_upper,
    {%- endfor %}
    counted.tickets_decided,
    counted.tickets_within_target,
    1 - availability.unplanned_hours / nullif(availability.agreed_hours, 0) as availability,
    availability.availability_items,
    availability.availability_items as availability_n,
    availability.agreed_hours,
    availability.unplanned_hours,
    availability.degraded_hours
from vendor_months
left join counted
    on vendor_months.vendor_key = counted.vendor_key and vendor_months.month = counted.month
left join survival
    on vendor_months.vendor_key = survival.vendor_key and vendor_months.month = survival.month
left join availability
    on vendor_months.vendor_key = availability.vendor_key and vendor_months.month = availability.month
