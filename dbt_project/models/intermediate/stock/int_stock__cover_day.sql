{%- set site_key = ['connection_id', 'material', 'plant'] %}
{%- set of_site = 'partition by ' ~ site_key | join(', ') %}

-- How long the free stock of each day on which it was read would have lasted without a delivery, by the use of the days before: what
-- stock_cover says of the newest day, of each day. Unknown stock or use is no row, nor is a material that nobody holds or uses; what lasts
-- for ever has no day on which it is out.
with stock_days as (
    select
        *,
        unrestricted_quantity + in_quality_quantity + blocked_quantity + vendor_owned_quantity as held_quantity,
        {{ days_between("cast('2000-01-01' as date)", 'stock_date') }} as day_number
    from {{ ref('fct_stock_day') }}
),

received as (
    select
        connection_id,
        material,
        plant,
        {{ days_between("cast('2000-01-01' as date)", 'posting_date') }} as day_number,
        sum(effective_base_quantity) as received_quantity
    from {{ ref('fct_goods_receipt') }}
    where material is not null and effective_base_quantity is not null
    group by connection_id, material, plant, posting_date
),

settings as (
    select * from {{ ref('int_kpi_setting') }}
),

-- receipts of a day before its stock
days as (
    select
        {{ site_key | join(',\n        ') }},
        day_number,
        received_quantity,
        cast(null as date) as stock_date,
        cast(null as decimal(18, 3)) as unrestricted_quantity,
        cast(null as decimal(18, 3)) as held_quantity
    from received
    union all
    select
        {{ site_key | join(',\n        ') }},
        day_number,
        0 as received_quantity,
        stock_date,
        unrestricted_quantity,
        held_quantity
    from stock_days
),

received_so_far as (
    select
        *,
        sum(received_quantity) over (
            {{ of_site }} order by day_number range between unbounded preceding and current row
        ) as received_by_now,
        sum(received_quantity) over ({{ of_site }} order by day_number range between 364 preceding and current row) as received_in_year,
        min(case when stock_date is null then day_number end) over (
            {{ of_site }} order by day_number range between 364 preceding and current row
        ) as first_receipt_day
    from days
),

numbered as (
    select * from received_so_far
    where stock_date is not null
),

-- the width of the window is a setting, and no frame's width: a stock day asks at the window's first day for the next stock day
asked as (
    select
        {{ site_key | join(',
        ') }},
        day_number,
        day_number as stock_day,
        cast(null as integer) as asked_by
    from numbered
    union all
    select
        {% for name in site_key %}numbered.{{ name }},
        {% endfor -%}
        numbered.day_number - settings.stock_use_window_days as day_number,
        cast(null as integer) as stock_day,
        numbered.day_number as asked_by
    from numbered
    cross join settings
),

answered as (
    select
        {{ site_key | join(',
        ') }},
        asked_by,
        min(stock_day) over (
            {{ of_site }} order by day_number range between current row and unbounded following
        ) as first_stock_day
    from asked
),

windows as (
    select
        numbered.*,
        answered.first_stock_day,
        settings.stock_use_min_days
    from numbered
    cross join settings
    inner join answered
        on {{ same_key('numbered', 'answered', site_key) }} and numbered.day_number = answered.asked_by
),

compared as (
    select
        windows.*,
        windows.day_number - windows.first_stock_day as stock_days,
        windows.day_number - windows.first_receipt_day as receipt_days,
        cast(first_days.held_quantity - windows.held_quantity as double)
        + (windows.received_by_now - first_days.received_by_now) as used_quantity
    from windows
    inner join numbered as first_days
        on {{ same_key('windows', 'first_days', site_key) }} and windows.first_stock_day = first_days.day_number
),

used as (
    select
        *,
        case
            when stock_days >= stock_use_min_days
                then case when used_quantity >= 0 then used_quantity / stock_days end
            when receipt_days >= stock_use_min_days and received_in_year > 0 then cast(received_in_year as double) / receipt_days
        end as daily_use
    from compared
),

covered as (
    select
        *,
        -- rounded as in stock_cover: 40 pieces at a third a day are 120 days and not 119.99
        round(cast(unrestricted_quantity as double) / nullif(daily_use, 0), 6) as days_of_cover
    from used
    where unrestricted_quantity is not null and daily_use is not null and (unrestricted_quantity > 0 or daily_use > 0)
)

select
    {{ site_key | join(',\n    ') }},
    stock_date,
    case when days_of_cover < 36500 then cast(floor(days_of_cover) as integer) end as cover_days,
    case when days_of_cover < 36500 then {{ add_days('stock_date', 'cast(floor(days_of_cover) as integer)') }} end as stock_out_date
from covered
