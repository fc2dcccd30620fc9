-- The history of alerts, each event once: what opened, was told, ended, and when.
{{ config(materialized='view') }}

with versions as (
    select * from {{ ref('stg_ecosystem__alert_event') }}
),

newest as (
    {{ newest_readable('versions', ['event_key']) }}
)

select
    event_key,
    fingerprint,
    sequence,
    stream,
    rule_id,
    kpi_family,
    severity,
    vendor_key,
    subject_key,
    purchase_order,
    purchase_order_line,
    schedule_line,
    event,
    from_state,
    to_state,
    happened_at,
    reason,
    build_id,
    opening,
    reason_code,
    verdict
from newest
