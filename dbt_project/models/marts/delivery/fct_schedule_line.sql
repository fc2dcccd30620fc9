{{ config(materialized='incremental', incremental_strategy='replace_touched', unique_key='order_bucket') }}
{{ runs_after('int_erp__touched_order') }}{{ runs_after('int_vendor_month__taken_down') }}

with facts as (
    select * from {{ ref('int_erp__schedule_line_fact') }}
),

settings as (
    select
        otd_grace_days,
        {{ as_of_date() }} as today
    from {{ ref('int_kpi_setting') }}
),

vendors as (
    select * from {{ ref('dim_vendor') }}
),

-- a buyer who closes a line, or orders nothing on it, expects no more goods
judged as (
    select
        facts.*,
        settings.otd_grace_days,
        settings.today,
        not facts.is_cancelled and facts.in_full_date is null and facts.is_completely_delivered as is_closed_short,
        facts.ordered_quantity * facts.unit_price as line_value
    from facts
    cross join settings
),

with_state as (
    select
        *,
        case
            when is_cancelled or is_closed_short or (ordered_quantity = 0 and in_full_date is null) then 'cancelled'
            when in_full_date < first_promise_date then 'delivered_early'
            when in_full_date = first_promise_date then 'delivered_on_time'
            when in_full_date > first_promise_date then 'delivered_late'
            when in_full_date is not null then 'delivered'
            when first_promise_date < today then 'overdue'
            else 'open'
        end as state
    from judged
),

measured as (
    select
        *,
        case
            when in_full_date is not null or state = 'cancelled' then 0
            when ordered_quantity is not null then greatest(ordered_quantity - received_quantity, 0)
        end as open_quantity,
        -- the first of the reasons that hold; least() skips those that do not
        least(nothing_ordered_since, case when is_cancelled then cancelled_at else completed_at end) as expected_until
    from with_state
)

select
    measured.order_bucket,
    measured.connection_id || ':' || measured.purchase_order || '/' || measured.purchase_order_line || '/'
    || measured.schedule_line as schedule_line_key,
    measured.connection_id,
    measured.vendor_key,
    vendors.vendor_name,
    measured.purchase_order,
    measured.purchase_order_line,
    measured.schedule_line,
    measured.order_type,
    measured.company_code,
    measured.purchasing_organization,
    measured.purchasing_group,
    measured.plant,
    measured.material,
    measured.material_text,
    measured.material_group,
    measured.item_category,
    measured.is_receipt_expected,
    measured.order_date,
    -- a framework order is released call by call: its own date says nothing about a delivery
    case when {{ differs('measured.order_type', "'FO'") }} then measured.order_date end as lead_time_from,
    measured.requested_date,
    measured.first_promise_date,
    measured.first_promise_basis,
    measured.latest_promise_date,
    measured.previous_promise_date,
    cast(measured.observed_promise_changes as integer) as observed_promise_changes,
    measured.in_full_date,
    measured.recorded_date,
    measured.recorded_at,
    {{ days_between('measured.first_promise_date', 'measured.latest_promise_date') }} as repromise_slip_days,
    {{ days_between('measured.latest_promise_date', 'measured.in_full_date') }} as execution_slip_days,
    {{ days_between('measured.first_promise_date', 'measured.in_full_date') }} as slip_days,
    measured.state,
    not measured.is_stock_transport
    and measured.vendor_key is not null
    and not measured.is_returns_item
    and measured.is_receipt_expected
    and coalesce(measured.item_category, '') not in ('2', '9') as is_vendor_performance,
    case
        when measured.state not in ('delivered_late', 'overdue') then null
        when measured.is_quantity_changed then 'us'
        when measured.is_agreed_anew or measured.first_promise_basis = 'first_landed' then 'unknown'
        else 'vendor'
    end as attribution,
    measured.is_closed_short,
    case when measured.state = 'cancelled' then measured.expected_until end as cancelled_at,
    case
        when measured.state <> 'cancelled'
            then cast(least(
                {{ passes_on('measured.first_promise_date', '0', 'measured.today') }},
                {%- for date in ['first_promise_date', 'latest_promise_date', 'requested_date'] %}
                {{ passes_on('measured.' ~ date, 'measured.otd_grace_days', 'measured.today') }}{{ ',' if not loop.last }}
                {%- endfor %}
            ) as timestamp)
    end as next_transition_at,
    cast(measured.ordered_quantity as decimal(18, 3)) as ordered_quantity,
    measured.quantity_unit,
    cast(measured.ordered_before as decimal(18, 3)) as ordered_before,
    cast(measured.received_quantity as decimal(18, 3)) as received_quantity,
    cast(measured.open_quantity as decimal(18, 3)) as open_quantity,
    measured.unit_price,
    measured.line_value,
    measured.open_quantity * measured.unit_price as open_value,
    measured.currency,
    measured.first_landed_at,
    nullif(
        concat_ws(
            ',',
            case when measured.in_full_date < measured.order_date then 'receipt_before_order' end,
            case when measured.recorded_date < measured.in_full_date then 'recorded_before_delivered' end,
            case when measured.line_value = 0 then 'zero_value' end,
            case when measured.unit_price is null then 'no_price' end,
            case when measured.first_promise_date is null then 'no_promise_date' end,
            case when measured.is_repeat then 'repeated_line' end,
            case when measured.vendor_key is null and not measured.is_stock_transport then 'vendor_missing' end,
            case when measured.item_category = '5' then 'drop_ship_receipt' end,
            case when measured.has_receipt_in_other_unit then 'receipt_in_other_unit' end,
            case
                when measured.observed_promise_changes > 0 and measured.promise_changed_at > measured.recorded_at
                    then 'promise_changed_after_receipt'
            end,
            case when measured.is_newest_unreadable then 'unreadable_newest_version' end
        ),
        ''
    ) as data_flags
from measured
left join vendors
    on measured.vendor_key = vendors.vendor_key
