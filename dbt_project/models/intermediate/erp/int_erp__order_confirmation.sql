-- No configured system provides order confirmations: the canonical shape without rows, so that readers need no change when one does.
select
    cast(null as string) as connection_id,
    cast(null as string) as purchase_order,
    cast(null as string) as purchase_order_line,
    cast(null as string) as schedule_line,
    cast(null as timestamp) as confirmed_at,
    cast(null as date) as confirmed_date,
    cast(null as decimal(15, 3)) as confirmed_quantity
where false
