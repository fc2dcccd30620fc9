with warnings as (
    select * from {{ ref('vendor_warning') }}
),

spoken as (
    select * from {{ ref('int_vendor_warning__spoken') }}
    where is_since and bad > 0 and document is not null
),

schedule_lines as (
    select * from {{ ref('fct_schedule_line') }}
),

rules as (
    {{ valid_vendor_rule('delivery_slip') }}
),

late_lines as (
    select
        spoken.rule_id,
        spoken.vendor_key,
        spoken.opened_date,
        spoken.document_kind,
        spoken.document,
        schedule_lines.purchase_order_line || '/' || schedule_lines.schedule_line as item,
        spoken.known_date,
        case
            when schedule_lines.state <> 'cancelled'
                then {{ days_between('schedule_lines.first_promise_date', 'coalesce(schedule_lines.in_full_date, ' ~ as_of_date() ~ ')') }}
            else {{ days_between('schedule_lines.first_promise_date', 'cast(schedule_lines.cancelled_at as date)') }}
        end as days_late,
        schedule_lines.state,
        schedule_lines.first_promise_date,
        schedule_lines.in_full_date,
        case
            when schedule_lines.in_full_date is null and schedule_lines.state <> 'cancelled' then schedule_lines.open_value
            else schedule_lines.line_value
        end as value,
        schedule_lines.currency
    from spoken
    inner join schedule_lines
        on
            spoken.order_bucket = schedule_lines.order_bucket
            and spoken.document = schedule_lines.purchase_order
            and spoken.first_promise_date = schedule_lines.first_promise_date
    where schedule_lines.is_vendor_performance
),

found as (
    select
        late_lines.rule_id,
        late_lines.vendor_key,
        late_lines.opened_date,
        late_lines.document_kind,
        late_lines.document,
        late_lines.item,
        late_lines.known_date as event_date,
        case
            when late_lines.state = 'cancelled' then 'Cancelled '
            when late_lines.in_full_date is null
                then 'Promised for ' || cast(late_lines.first_promise_date as string) || ', not booked in full '
            else 'In full '
        end || cast(late_lines.days_late as string)
        || case
            when late_lines.state = 'cancelled' or late_lines.in_full_date is not null
                then ' days after the promise of ' || cast(late_lines.first_promise_date as string)
            else ' days later'
        end as finding,
        cast(late_lines.days_late as double) as score,
        round(cast(late_lines.value as double), 2) as value,
        late_lines.currency
    from late_lines
    cross join rules
    where late_lines.days_late > rules.grace_days
    union all
    select
        rule_id,
        vendor_key,
        opened_date,
        document_kind,
        document,
        item,
        known_date as event_date,
        case rule_id
            when 'quality_dip'
                then {{ whole_number('bad') }} || ' of ' || {{ whole_number('amount') }} || ' units defective'
            when 'lead_time_growth'
                then
                    {{ whole_number('bad') }} || ' of ' || {{ whole_number('amount') }}
                    || ' lines ordered that month took longer than usual'
            when 'lot_rejections' then 'Rejected'
            when 'quality_notifications' then 'Complaint'
            when 'service_breaches' then 'Missed its target'
            when 'service_slowdown' then 'Took longer than three in four did'
            when 'price_jump' then 'Dearer than the last price paid'
            when 'relationship_drop' then 'Does not recommend us (0 to 6)'
        end as finding,
        bad as score,
        cast(null as double) as value,
        cast(null as string) as currency
    from spoken
    where rule_id <> 'delivery_slip'
),

named as (
    select
        warnings.signal_key,
        found.*,
        warnings.signal_key || '|' || found.document_kind || '|' || found.document || '|' || coalesce(found.item, '') || '|'
        || cast(found.event_date as string) || '|' || cast(row_number() over (
            partition by warnings.signal_key, found.document_kind, found.document, found.item, found.event_date
            order by found.score, found.finding
        ) as string) as row_name
    from warnings
    inner join found
        on
            warnings.rule_id = found.rule_id
            and warnings.vendor_key = found.vendor_key
            and warnings.episode = cast(found.opened_date as string)
),

-- by its name at last, so that what is alike but for it has the same rank in every build
ranked as (
    select
        *,
        row_number() over (
            partition by signal_key
            order by -score, -coalesce(value, 0), event_date, document, coalesce(item, ''), finding, row_name
        ) as evidence_rank
    from named
)

select
    {{ dbt.hash('row_name') }} as vendor_warning_evidence_key,
    signal_key,
    vendor_key,
    cast(evidence_rank as bigint) as evidence_rank,
    document_kind,
    document,
    item,
    event_date,
    finding,
    score,
    value,
    currency
from ranked
