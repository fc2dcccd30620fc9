{% set stock_kinds = {
    'unrestricted': "levels.stock_type = '01' and not levels.is_vendor_owned",
    'in_quality': "levels.stock_type = '02' and not levels.is_vendor_owned",
    'blocked': "levels.stock_type = '07' and not levels.is_vendor_owned",
    'vendor_owned': 'levels.is_vendor_owned',
} -%}

with extracts as (
    select * from {{ ref('int_erp__stock_extract') }}
),

levels as (
    select * from {{ ref('int_erp__stock_level') }}
),

known as (
    select
        connection_id,
        material,
        plant,
        max(base_unit) as base_unit,
        min(seen_from) as known_from
    from levels
    group by connection_id, material, plant
),

-- a stock that a complete reading no longer names is zero; a day without a reading has no row
days as (
    select
        known.connection_id,
        known.material,
        known.plant,
        known.base_unit,
        extracts.stock_date,
        extracts.extracted_at
    from known
    inner join extracts
        on known.connection_id = extracts.connection_id and known.known_from <= extracts.extracted_at
),

held as (
    select
        days.connection_id,
        days.material,
        days.plant,
        days.base_unit,
        days.stock_date,
        days.extracted_at,
        -- a part that nobody could ever read makes the sum unknown, not smaller
        {%- for name, which in stock_kinds.items() %}
        case
            when max(case when {{ which }} and levels.quantity is null then 1 else 0 end) = 0
                then sum(case when {{ which }} then levels.quantity else 0 end)
        end as {{ name }}_quantity,
        {%- endfor %}
        max(case when levels.is_newest_unreadable then 1 else 0 end) = 1 as is_newest_unreadable
    from days
    left join levels
        on
            {{ same_key('days', 'levels', ['connection_id', 'material', 'plant']) }}
            and days.extracted_at between levels.seen_from and levels.seen_until
    group by days.connection_id, days.material, days.plant, days.base_unit, days.stock_date, days.extracted_at
)

select
    connection_id || ':' || material || '/' || plant || '/' || cast(stock_date as string) as stock_day_key,
    connection_id,
    material,
    plant,
    stock_date,
    extracted_at,
    {%- for name in stock_kinds %}
    cast({{ name }}_quantity as decimal(18, 3)) as {{ name }}_quantity,
    {%- endfor %}
    base_unit,
    case when is_newest_unreadable then 'unreadable_newest_version' end as data_flags
from held
