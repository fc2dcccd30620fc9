-- The promise ledger: one row each time the landed delivery date of a schedule line differed from the one before.
with versions as (
    select * from {{ ref('stg_sap_s4hana__purchase_order_schedule_line') }}
    where _is_readable and not _deleted and delivery_date is not null
),

compared as (
    select
        connection_id,
        purchase_order,
        purchase_order_line,
        schedule_line,
        delivery_date,
        _changed_at,
        _extracted_at,
        _ordered_at,
        _batch_id,
        _row_number,
        lag(delivery_date) over (
            partition by connection_id, purchase_order, purchase_order_line, schedule_line
            order by _ordered_at, _extracted_at, _batch_id, _row_number
        ) as previous_promise_date
    from versions
)

select
    connection_id,
    purchase_order,
    purchase_order_line,
    schedule_line,
    row_number() over (
        partition by connection_id, purchase_order, purchase_order_line, schedule_line
        order by _ordered_at, _extracted_at, _batch_id, _row_number
    ) as promise_number,
    delivery_date as promise_date,
    previous_promise_date,
    _changed_at as changed_at,
    _extracted_at as landed_at,
    _ordered_at as ordered_at
from compared
where previous_promise_date is null or previous_promise_date <> delivery_date
