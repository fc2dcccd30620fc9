{{ config(materialized='view') }}

-- First and latest confirmed date of each schedule line. A confirmation names the order line only: it speaks of a schedule line
-- where there is just one. What was confirmed at one time in several parts is complete with the last of them.
with versions as (
    select * from {{ touched(ref('stg_sap_s4hana__supplier_confirmation'), '_order_bucket') }}
),

schedule_lines as (
    select * from {{ touched(ref('stg_sap_s4hana__purchase_order_schedule_line'), '_order_bucket') }}
    {%- if makes_all_orders() %}
    where _order_bucket in (select versions._order_bucket from versions)
    {%- endif %}
),

newest as (
    {{ newest_readable('versions', ['purchase_order', 'purchase_order_line', 'sequence_number']) }}
),

rounds as (
    select
        _order_bucket,
        purchase_order_line,
        coalesce(_changed_at, cast(created_date as timestamp)) as confirmed_at,
        max(confirmed_date) as confirmed_date
    from newest
    where category = 'AB' and not _deleted and confirmed_date is not null
    group by _order_bucket, purchase_order_line, coalesce(_changed_at, cast(created_date as timestamp))
),

placed as (
    select
        *,
        row_number() over (partition by _order_bucket, purchase_order_line order by confirmed_at) as place,
        lead(1) over (partition by _order_bucket, purchase_order_line order by confirmed_at) is null as is_latest
    from rounds
),

confirmed_lines as (
    select
        _order_bucket,
        purchase_order_line,
        max(case when place = 1 then confirmed_date end) as first_confirmed_date,
        max(case when is_latest then confirmed_date end) as latest_confirmed_date
    from placed
    group by _order_bucket, purchase_order_line
),

single_schedule_lines as (
    select
        _order_bucket,
        purchase_order_line,
        max(schedule_line) as schedule_line
    from schedule_lines
    group by _order_bucket, purchase_order_line
    having count(distinct schedule_line) = 1
)

select
    single_schedule_lines._order_bucket,
    single_schedule_lines.purchase_order_line,
    single_schedule_lines.schedule_line,
    confirmed_lines.first_confirmed_date,
    confirmed_lines.latest_confirmed_date
from confirmed_lines
inner join single_schedule_lines
    on
        confirmed_lines._order_bucket = single_schedule_lines._order_bucket
        and confirmed_lines.purchase_order_line = single_schedule_lines.purchase_order_line
