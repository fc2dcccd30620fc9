with items as (
    select * from {{ ref('int_sla_portal__configuration_item') }}
),

outages as (
    select * from {{ ref('int_sla_portal__outage') }}
),

crosswalk as (
    select * from {{ ref('int_crosswalk__vendor') }}
    where kind = 'sla_portal' and vendor_key is not null
),

numbers as (
    {{ number_series(3) }}
),

services as (
    select
        items.*,
        crosswalk.vendor_key,
        least(coalesce(items.retired_at, {{ as_of() }}), {{ as_of() }}) as in_service_to
    from items
    left join crosswalk
        on items.connection_id = crosswalk.connection_id and items.organisation_id = crosswalk.external_id
),

-- before a portal's first outage record nobody wrote outages down: that is unknown and not 100 %
recorded as (
    select
        connection_id,
        {{ month_of('min(starts_at)') }} as first_month
    from outages
    group by connection_id
),

months as (
    select
        services.*,
        cast({{ dbt.dateadd('month', 'numbers.number', month_of('services.in_service_from')) }} as date) as month
    from services
    inner join numbers
        on numbers.number <= {{ dbt.datediff('services.in_service_from', 'services.in_service_to', 'month') }}
    where services.in_service_from < services.in_service_to
),

scheduled as (
    select
        *,
        greatest(in_service_from, cast(month as timestamp)) as scheduled_from,
        least(in_service_to, cast({{ dbt.dateadd('month', 1, 'month') }} as timestamp)) as scheduled_to
    from months
),

-- what is down by plan is down once, however many records say so; each wider class holds the one before
classed as (
    {%- for class, kinds in {
        'planned': ['planned'],
        'down': ['planned', 'outage'],
        'impaired': ['planned', 'outage', 'degradation'],
    }.items() %}
    {{ 'union all' if not loop.first }}
    select
        connection_id,
        configuration_item_id,
        '{{ class }}' as class,
        starts_at,
        ends_at
    from outages
    where kind in ('{{ kinds | join("', '") }}')
    {%- endfor %}
),

merged as (
    {{ merged_periods('classed', ['connection_id', 'configuration_item_id', 'class']) }}
),

clipped as (
    select
        scheduled.connection_id,
        scheduled.configuration_item_id,
        scheduled.month,
        merged.class,
        greatest(merged.starts_at, scheduled.scheduled_from) as lost_from,
        least(merged.ends_at, scheduled.scheduled_to) as lost_to
    from scheduled
    inner join merged
        on
            scheduled.connection_id = merged.connection_id
            and scheduled.configuration_item_id = merged.configuration_item_id
            and scheduled.scheduled_to > merged.starts_at
            and scheduled.scheduled_from < merged.ends_at
),

lost as (
    select
        connection_id,
        configuration_item_id,
        month,
    {%- for class in ['planned', 'down', 'impaired'] %}
    cast(
        sum(case when class = '{{ class }}' then {{ seconds_between('lost_from', 'lost_to') }} else 0 end) as bigint
    ) as {{ class }}_seconds{{ ',' if not loop.last }}
    {%- endfor %}
    from clipped
    group by connection_id, configuration_item_id, month
),

measured as (
    select
        scheduled.*,
        cast({{ seconds_between('scheduled.scheduled_from', 'scheduled.scheduled_to') }} as bigint) as scheduled_seconds,
        case when scheduled.month >= recorded.first_month then coalesce(lost.planned_seconds, 0) end as planned_seconds,
        case
            when scheduled.month >= recorded.first_month then coalesce(lost.down_seconds - lost.planned_seconds, 0)
        end as unplanned_seconds,
        case
            when scheduled.month >= recorded.first_month then coalesce(lost.impaired_seconds - lost.down_seconds, 0)
        end as degraded_seconds
    from scheduled
    left join recorded on scheduled.connection_id = recorded.connection_id
    left join lost
        on
            scheduled.connection_id = lost.connection_id
            and scheduled.configuration_item_id = lost.configuration_item_id
            and scheduled.month = lost.month
)

select
    connection_id || ':' || configuration_item_id as configuration_item_key,
    connection_id,
    vendor_key,
    organisation_name,
    item_name,
    item_class,
    in_service_from,
    in_service_basis,
    retired_at,
    month,
    scheduled_seconds / cast(3600 as double) as scheduled_hours,
    planned_seconds / cast(3600 as double) as planned_hours,
    unplanned_seconds / cast(3600 as double) as unplanned_hours,
    degraded_seconds / cast(3600 as double) as degraded_hours,
    1 - unplanned_seconds / cast(nullif(scheduled_seconds - planned_seconds, 0) as double) as availability
from measured
where scheduled_seconds > 0
