-- One complete build whose marts keep every rule. Tests break one rule at a time.
create schema control;
create schema marts;

create table control.build as
select '20260630T180000Z-0123456789ab' as build_id, timestamp '2026-06-30 18:00' as as_of, 'hash' as code_hash, true as is_complete;

create table control.landed_batch as
select * from (
    values ('purchase_order', 40), ('purchase_order_schedule_line', 40), ('supplier', 100), ('incident', 10)
) as landed (entity, row_count);

create table marts.dim_vendor as
select
    'erp_s4hana:' || number as vendor_key, 'erp_s4hana' as connection_id, number::varchar as vendor_number,
    'Vendor ' || number as vendor_name, timestamp '2026-06-01' as first_seen_at,
    'IoT Sensors' as category, false as is_strategic
from range(4) as vendors (number);

create table marts.dim_vendor_history as
select
    vendor_key, vendor_name, category, is_strategic, timestamp '2026-06-01' as valid_from, null::timestamp as valid_to,
    true as is_current
from marts.dim_vendor;

create table marts.vendor_merger as
select
    'erp_s4hana:1' as from_vendor_key, 'erp_s4hana:2' as to_vendor_key, 'erp_s4hana:2' as current_vendor_key,
    date '2026-01-01' as valid_from, null::date as valid_to;

create table marts.fct_schedule_line as
select
    'erp_s4hana:' || (4500 + number) || '/10/1' as schedule_line_key, 'erp_s4hana' as connection_id,
    'erp_s4hana:' || number % 4 as vendor_key, (4500 + number)::varchar as purchase_order, '10' as purchase_order_line,
    '1' as schedule_line, date '2026-06-01' as first_promise_date, date '2026-06-03' as latest_promise_date,
    case when number % 2 = 0 then date '2026-06-04' end as in_full_date, 2 as repromise_slip_days,
    case when number % 2 = 0 then 1 end as execution_slip_days, case when number % 2 = 0 then 3 end as slip_days,
    case when number % 2 = 0 then 'delivered_late' else 'overdue' end as state
from range(40) as lines (number);

create table marts.fct_promise_change as
select
    'change ' || purchase_order as promise_change_key, schedule_line_key, vendor_key, purchase_order, purchase_order_line,
    schedule_line, timestamp '2026-06-15' as landed_at, date '2026-06-01' as from_date, date '2026-06-03' as to_date,
    2 as days_moved
from marts.fct_schedule_line;

create table marts.fct_service_ticket as
select
    'sla:' || number as ticket_key, 'INC' || number as ticket, case when number > 0 then 'erp_s4hana:1' end as vendor_key,
    timestamp '2026-06-20' as opened_at, case when number > 1 then timestamp '2026-06-21' end as resolved_at,
    case when number > 1 then 24.0::double end as gross_hours, case when number > 1 then 8.0::double end as net_hours,
    number <= 1 as is_open
from range(10) as tickets (number);

create table marts.vendor_month as
select
    vendor_key, date '2026-06-01' as month,
    0.5::double as otd_first_promise, 6 as otd_first_promise_n, 0.2::double as otd_first_promise_lower,
    0.8::double as otd_first_promise_upper,
    0.0::double as otd_latest_promise, 3 as otd_latest_promise_n, 4.6e-17::double as otd_latest_promise_lower,
    0.7::double as otd_latest_promise_upper,
    null::double as otd_requested, 0 as otd_requested_n, null::double as otd_requested_lower,
    null::double as otd_requested_upper,
    1.0::double as tickets_within_target, 2 as tickets_within_target_n, 0.3::double as tickets_within_target_lower,
    1.0::double as tickets_within_target_upper,
    -20.0::double as vendor_nps, 10 as vendor_nps_n, -60.0::double as vendor_nps_lower, 30.0::double as vendor_nps_upper,
    null::double as stakeholder_nps, 0 as stakeholder_nps_n, null::double as stakeholder_nps_lower,
    null::double as stakeholder_nps_upper,
    1 as slip_n, 1 as overdue_lines, 1 as lead_time_delivered_only_n, 1 as lead_time_open_lines, 1 as promise_moves_later,
    0 as promise_moves_earlier, 0 as tickets_opened, 0 as tickets_resolved, 0 as proposals_submitted, 0 as proposals_actionable
from marts.dim_vendor;

create table marts.kpi_definition as
select 'otd' as definition_id, 1 as definition_version;

create table marts.ecosystem_quarter as
select
    date '2026-04-01' as quarter, metric_id, value, 0.2::double as lower_bound, 0.8::double as upper_bound, 0.9::double as target,
    state, 'otd' as definition_id, 1 as definition_version, timestamp '2026-06-30 18:00' as as_of
from (values ('a', 0.5::double, 'not met'), ('b', null, 'no source'), ('c', null, 'cannot tell')) as metrics (metric_id, value, state);

create table marts.early_warning as
select
    'signal ' || purchase_order as signal_key, vendor_key, purchase_order, purchase_order_line, schedule_line,
    'active' as signal_state, timestamp '2026-06-05' as started_at, null::timestamp as cleared_at, null::varchar as clear_reason,
    3 as days_late, false as is_muted, null::varchar as mute_reason
from marts.fct_schedule_line
where state = 'overdue';

create table marts.vendor_crosswalk_exception as
select 'crm' as kind, 'crm_salesforce' as connection_id, 'x' as external_id, 2 as affected_rows;

create table control.feed as
select
    system, kind, connection_id, entity, timestamp '2026-06-30 18:00' as last_complete_at, 36.0::double as stale_after_hours,
    false as is_stale, last_full_rows, previous_full_rows
from (
    values
    ('sap_s4hana', 'erp', 'erp_s4hana', 'purchase_order', null::bigint, null::bigint),
    ('sap_s4hana', 'erp', 'erp_s4hana', 'supplier', 100, 100),
    ('salesforce', 'crm', 'crm_salesforce', 'account', null, null)
) as feeds (system, kind, connection_id, entity, last_full_rows, previous_full_rows);

create table marts.feed_status as
select
    *, 1000::bigint as landed_rows, 0::bigint as quarantined_rows, 100::bigint as last_run_rows,
    0::bigint as last_run_quarantined_rows, 40::bigint as checked_rows, 1::bigint as doubtful_rows
from control.feed;
