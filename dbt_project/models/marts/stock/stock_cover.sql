{% set site_key = ['connection_id', 'material', 'plant'] -%}

with stock_days as (
    select * from {{ ref('fct_stock_day') }}
),

daily_uses as (
    select * from {{ ref('int_stock__daily_use') }}
),

open_lines as (
    select * from {{ ref('fct_schedule_line') }}
    where state in ('open', 'overdue') and open_quantity > 0 and latest_promise_date is not null and material is not null
),

-- what goes back to the vendor or straight to a client, and what is no goods, never comes to our stock
purchase_order_lines as (
    select * from {{ ref('int_erp__purchase_order_line') }}
    where not is_returns_item and is_receipt_expected and coalesce(item_category, '') not in ('5', '9')
),

units as (
    select * from {{ ref('int_erp__material_unit') }}
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

newest_stock as (
    select
        *,
        row_number() over (partition by {{ site_key | join(', ') }} order by stock_date desc) as place
    from stock_days
),

promised as (
    select
        open_lines.*,
        cast(open_lines.open_quantity as double) * units.base_units as open_base_quantity,
        row_number() over (
            partition by open_lines.connection_id, open_lines.material, open_lines.plant
            order by open_lines.latest_promise_date, open_lines.schedule_line_key
        ) as place
    from open_lines
    inner join purchase_order_lines
        on {{ same_key('open_lines', 'purchase_order_lines', ['connection_id', 'purchase_order', 'purchase_order_line']) }}
    left join units
        on
            open_lines.connection_id = units.connection_id
            and open_lines.material = units.material
            and open_lines.quantity_unit = units.unit
),

promises as (
    select
        {{ site_key | join(',\n        ') }},
        cast(count(*) as bigint) as open_lines,
        case when count(*) = count(open_base_quantity) then round(sum(open_base_quantity), 6) end as open_base_quantity,
        cast(count(distinct vendor_key) as bigint) as vendors,
        min(latest_promise_date) as next_promise_date,
        max(latest_promise_date) as last_promise_date,
        max(case when place = 1 then vendor_key end) as next_vendor_key,
        max(case when place = 1 then schedule_line_key end) as next_schedule_line_key,
        cast(sum(case when state = 'overdue' then 1 else 0 end) as bigint) as overdue_lines
    from promised
    group by {{ site_key | join(', ') }}
),

covered as (
    select
        newest_stock.*,
        daily_uses.use_basis,
        daily_uses.use_days,
        daily_uses.daily_use,
        -- rounded here and not in the use: 40 pieces at a third a day are 120 days and not 119.99
        round(cast(newest_stock.unrestricted_quantity as double) / nullif(daily_uses.daily_use, 0), 6) as days_of_cover,
        promises.open_lines,
        promises.overdue_lines,
        promises.vendors,
        promises.open_base_quantity,
        promises.next_vendor_key,
        promises.next_schedule_line_key,
        promises.next_promise_date,
        promises.last_promise_date,
        settings.stock_slip_days as slip_days,
        -- what is promised for a day that has passed can come tomorrow at the earliest
        case
            when promises.next_promise_date is not null
                then greatest(promises.next_promise_date, {{ add_days(as_of_date(), 1) }})
        end as next_possible_date
    from newest_stock
    cross join settings
    left join daily_uses
        on {{ same_key('newest_stock', 'daily_uses', site_key) }}
    left join promises
        on {{ same_key('newest_stock', 'promises', site_key) }}
    where newest_stock.place = 1
),

dated as (
    select
        *,
        -- a century is for ever
        case when days_of_cover < 36500 then {{ add_days('stock_date', 'cast(floor(days_of_cover) as integer)') }} end as stock_out_date
    from covered
)

select
    connection_id || ':' || material || '/' || plant as stock_cover_key,
    connection_id,
    material,
    plant,
    stock_date,
    unrestricted_quantity,
    in_quality_quantity,
    blocked_quantity,
    vendor_owned_quantity,
    base_unit,
    use_basis,
    coalesce(use_days, 0) as use_days,
    round(daily_use, 6) as daily_use,
    days_of_cover,
    stock_out_date,
    coalesce(open_lines, 0) as open_lines,
    coalesce(overdue_lines, 0) as overdue_lines,
    coalesce(vendors, 0) as open_vendors,
    coalesce(open_base_quantity, case when open_lines is null then 0 end) as open_base_quantity,
    next_vendor_key,
    next_schedule_line_key,
    next_promise_date,
    last_promise_date,
    {{ days_between('next_possible_date', 'stock_out_date') }} as slack_days,
    slip_days,
    case
        when stock_out_date is null or next_possible_date is null then null
        else round(greatest(
            ({{ days_between('stock_date', 'next_possible_date') }} + slip_days) * daily_use - unrestricted_quantity, 0
        ), 6)
    end as short_quantity_after_slip,
    case
        when days_of_cover is null and coalesce(daily_use, -1) <> 0 then 'unknown'
        when stock_out_date is null then 'covered'
        when next_possible_date is null then 'no_promise'
        when {{ days_between('next_possible_date', 'stock_out_date') }} < 0 then 'short_before_next_promise'
        when {{ days_between('next_possible_date', 'stock_out_date') }} < slip_days then 'short_after_slip'
        else 'covered'
    end as cover_state
from dated
