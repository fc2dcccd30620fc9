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
    case when number > 1 then 4.0::double end as business_hours, number <= 1 as is_open, null::varchar as data_flags
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
    null::double as lot_rejection_rate, 0 as lot_rejection_rate_n, null::double as lot_rejection_rate_lower, null::double as lot_rejection_rate_upper,
    null::double as complaints_within_target, 0 as complaints_within_target_n, null::double as complaints_within_target_lower, null::double as complaints_within_target_upper,
    null::double as defect_ppm_received, 0 as defect_ppm_received_n, null::double as defect_ppm_received_lower, null::double as defect_ppm_received_upper,
    1000.0::double as defect_ppm_registered, 5000 as defect_ppm_registered_n, 300.0::double as defect_ppm_registered_lower,
    2400.0::double as defect_ppm_registered_upper, 1 as complaints, 4 as invoiced_amount_n,
    1.0::double as tickets_within_target, 2 as tickets_within_target_n, 0.3::double as tickets_within_target_lower,
    1.0::double as tickets_within_target_upper,
    0.9::double as sla_attainment, 10 as sla_attainment_n, 0.6::double as sla_attainment_lower,
    0.98::double as sla_attainment_upper, null::double as underpinning_attainment, 0 as underpinning_attainment_n,
    null::double as underpinning_attainment_lower, null::double as underpinning_attainment_upper,
    0.998::double as availability, 2 as availability_n,
    -20.0::double as vendor_nps, 10 as vendor_nps_n, -60.0::double as vendor_nps_lower, 30.0::double as vendor_nps_upper,
    null::double as stakeholder_nps, 0 as stakeholder_nps_n, null::double as stakeholder_nps_lower,
    null::double as stakeholder_nps_upper,
    1 as slip_n, 1 as overdue_lines, 1 as lead_time_delivered_only_n, 1 as lead_time_open_lines, 1 as promise_moves_later,
    0 as promise_moves_earlier, 0 as tickets_opened, 0 as tickets_resolved, 0 as proposals_submitted, 0 as proposals_actionable
from marts.dim_vendor;

create table marts.alert_opening as
select 'f#1' as opening_key, 'resolved' as state, timestamp '2026-06-01' as opened_at, timestamp '2026-06-02' as acknowledged_at,
    timestamp '2026-06-09' as closed_at, 24.0::double as hours_to_answer, 'vendor' as reason_code, true as is_right;

create table marts.restatement as
select
    'vendor_month|otd|erp_s4hana:1|2026-05-01#1' as restatement_key, 0.9::double as from_value, 0.8::double as to_value,
    9::bigint as from_n, 10::bigint as to_n, timestamp '2026-06-30 18:00' as published_at, 'late_document' as reason;

create table marts.kpi_definition as
select 'otd' as definition_id, 1 as definition_version;

create table marts.ecosystem_quarter as
select
    date '2026-04-01' as quarter, metric_id, value, 0.2::double as lower_bound, 0.8::double as upper_bound, 0.9::double as target,
    state, 'otd' as definition_id, 1 as definition_version, timestamp '2026-06-30 18:00' as as_of
from (values ('a', 0.5::double, 'not met'), ('b', null, 'no source'), ('c', null, 'cannot tell')) as metrics (metric_id, value, state);

create table marts.early_warning as
select
    'signal ' || purchase_order as signal_key, 'overdue' as rule_id, vendor_key, purchase_order, purchase_order_line, schedule_line,
    'active' as signal_state, timestamp '2026-06-05' as started_at, null::timestamp as cleared_at, null::varchar as clear_reason,
    3 as days_late, null::double as late_probability, null::double as late_probability_low,
    null::double as late_probability_high, false as is_muted, null::varchar as mute_reason
from marts.fct_schedule_line
where state = 'overdue';

create table marts.target_warning as
select
    'target ' || metric_id as signal_key, metric_id, quarter, date '2026-06-30' as quarter_end_date, 'alert' as severity,
    'active' as signal_state, timestamp '2026-05-02' as started_at, null::timestamp as cleared_at, null::varchar as clear_reason,
    target, 0.5::double as expected_at_end, 0.4::double as expected_low, 0.6::double as expected_high, 2.0::double as missing,
    'joint KPIs' as missing_unit, false as is_muted, null::varchar as mute_reason
from marts.ecosystem_quarter;

create table marts.vendor_warning as
select
    'shift ' || number as signal_key, 'delivery_slip' as rule_id, 'erp_s4hana:' || number as vendor_key,
    'alert' as severity, 'active' as signal_state, timestamp '2026-06-05' as started_at,
    timestamp '2026-06-09' as alerted_at, timestamp '2026-06-09' as last_told_at, 1 as alerts,
    null::timestamp as cleared_at, null::varchar as clear_reason, 7.0::double as observed_count,
    20.0::double as observed_of, 0::bigint as announced_count, 4::bigint as announced_of, 0.35::double as observed, 0.18::double as observed_low, 0.57::double as observed_high,
    0.1::double as expected, false as is_muted, null::varchar as mute_reason
from range(1, 4) as vendors (number);

create table marts.vendor_warning_month as
select
    signal_key || '/6' as vendor_warning_month_key, signal_key, vendor_key, date '2026-06-01' as month_date,
    observed_of as n, observed_low, observed, observed_high
from marts.vendor_warning;

create table marts.vendor_warning_evidence as
select
    signal_key || '/' || number as vendor_warning_evidence_key, signal_key, vendor_key, number as evidence_rank,
    '45' || number as document
from marts.vendor_warning, range(1, 6) as rows_of_it (number);

create table marts.vendor_crosswalk_exception as
select 'crm' as kind, 'crm_salesforce' as connection_id, 'x' as external_id, 2 as affected_rows;

create table marts.fct_availability as
select
    'sla:ci' || number as configuration_item_key, 'erp_s4hana:1' as vendor_key, date '2026-06-01' as month, 720.0::double as scheduled_hours,
    20.0::double as planned_hours, 7.0::double as unplanned_hours, 3.0::double as degraded_hours, 0.99::double as availability
from range(3) as items (number);

create table marts.fct_survey_response as
select
    'crm:' || number as response_key, 'vendor_rates_us' as direction, number::double as score, timestamp '2026-05-01' as submitted_at,
    number <= 10 as is_counted, case when number > 10 then 'off_scale' end as exclusion_reason
from range(12) as answers (number);

create table marts.survey_quarter as
select
    date '2026-04-01' as quarter, 'vendor_rates_us' as direction, -20.0::double as nps, 11 as nps_n, -60.0::double as nps_lower,
    30.0::double as nps_upper, null::double as nps_by_vendor, 4 as nps_by_vendor_n, 1 as silent_vendors;

create table marts.fct_contract_renewal as
select
    'crm:r' || state as renewal_key, state as renewal, state, date '2026-06-01' as due_date, date '2026-05-01' as decided_on,
    case when state = 'signed' then date '2026-05-15' end as signed_on
from (values ('signed'), ('overdue')) as renewals (state);

create table marts.fct_engagement as
select
    'crm:e1' as engagement_key, 'E1' as engagement, 'held' as state, date '2026-06-01' as held_on, 4 as participants_ours,
    3 as participants_vendor;

create table marts.fct_roadmap_item as
select
    'crm:m1' as roadmap_item_key, 'M1' as roadmap_item, 0.4::double as our_share, date '2026-01-01' as planned_start,
    date '2026-06-01' as planned_end;

create table marts.fct_joint_kpi as
select
    'crm:k' || list_state as joint_kpi_key, list_state as joint_kpi, date '2026-04-01' as quarter, agreed_on, list_state, result
from (
    values (date '2026-04-01', 'on_list', 'achieved'), (date '2026-04-02', 'agreed_late', null)
) as joint_kpis (agreed_on, list_state, result);

create table marts.fct_proposal as
select
    'crm:i' || number as proposal_key, 'I' || number as proposal, number = 1 as is_repeat, number <> 1 as is_actionable,
    3 as feedback_days, 20 as waiting_days
from range(3) as proposals (number);

create table marts.innovation_funnel as
select
    scope, vendor_key, date '2026-04-01' as quarter, 4 as submitted, 3 as triaged, 2 as actionable, 1 as piloted, 0 as adopted,
    0 as value_realised, 2 as waiting, 4 as feedback_in_time_n
from (values ('vendor', 'erp_s4hana:1'), ('ecosystem', null)) as scopes (scope, vendor_key);

create table marts.fct_pilot as
select
    'crm:p1' as pilot_key, 'P1' as pilot, 'Completed' as status, 'Adopted' as outcome, date '2026-01-10' as start_date,
    date '2026-04-10' as end_date;

create table marts.fct_pilot_criterion as
select
    'crm:c' || number as pilot_criterion_key, 'crm:p1' as pilot_key, date '2026-01-10' as pilot_start_date,
    date '2026-01-10' + number::integer as fixed_on, case when number = 0 then 0.8::double end as achievement, 4.0::double as rating_mean
from range(2) as criteria (number);

create table marts.pilot_scorecard as
select
    'crm:p1' as pilot_key, 'P1' as pilot, 0.8::double as score, 0.7::double as score_coverage, 0.9::double as measured_achievement,
    4.2::double as creativity, null::double as alignment;

create table marts.fct_saving as
select
    'crm:s1' as saving_key, 'S1' as saving, 'validated' as stage, date '2026-01-01' as negotiated_on, date '2026-02-01' as realised_on,
    date '2026-03-01' as validated_on, 100.0::double as validated_amount, 'Controlling' as validated_by, true as is_validated,
    false as is_taken_back;

create table marts.fct_reinvestment as
select
    'crm:v' || number as reinvestment_key, 'V' || number as reinvestment, 40.0::double as amount,
    case when number = 0 then 'commitment' else 'disbursement' end as entry_type, 40.0::double * number as reinvested_amount
from range(2) as entries (number);

create table marts.reinvestment_pool as
select
    'fund' as pool, entry_key, entry_type, booked_on, balance_change, balance
from (
    values
    ('crm:s1', 'saving', date '2026-03-01', 100.0::double, 100.0::double),
    ('crm:v1', 'disbursement', date '2026-03-01', -40.0::double, 60.0::double)
) as ledger (entry_key, entry_type, booked_on, balance_change, balance);

create table marts.reinvestment_quarter as
select
    date '2026-01-01' as quarter, 100.0::double as validated_amount, 100.0::double as validated_amount_rolling,
    0.4::double as savings_reinvested;

create table marts.value_share_quarter as
select
    'crm:a1' as agreement_key, date '2026-01-01' as quarter, 12.0::double as capped_bonus, 2.0::double as clawback_amount,
    15.0::double as cap_amount, 10.0::double as payable_amount, 'pass' as quality_gate, 'no gate' as delivery_gate_result,
    'payable' as state;

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

create table marts.dim_material as
select 'erp_s4hana:4711' as material_key, '4711' as material, 'EA' as base_unit;

create table marts.dim_calendar as
select date '2026-06-29' + number::integer as calendar_date from range(3) as days (number);

create table marts.fct_goods_receipt as
select
    'receipt ' || purchase_order as goods_receipt_key, purchase_order, purchase_order_line, 'receipt' as movement, false as is_reversed,
    100.0 as effective_quantity, in_full_date as posting_date
from marts.fct_schedule_line
where in_full_date is not null;

create table marts.fct_inspection_lot as
select
    'lot 1' as inspection_lot_key, '1' as inspection_lot, 'erp_s4hana:1' as vendor_key, 20.0 as sample_quantity, 'accepted' as outcome,
    0.0::double as defective_base_quantity;

create table marts.fct_quality_notification as
select
    'notification 1' as quality_notification_key, '1' as quality_notification, 'erp_s4hana:1' as vendor_key, 5.0::double as elapsed_hours,
    null::double as open_hours, false as is_withdrawn, 2.0 as counted_defective_quantity, true as is_within_target;

create table marts.fct_invoice_line as
select
    'invoice 1/1' as invoice_line_key, '1' as invoice, '1' as invoice_line, 'erp_s4hana:1' as vendor_key, false as is_reversed,
    'EUR' as currency, date '2026-06-20' as posting_date, 100.0 as effective_amount, 10.0 as effective_quantity,
    1.1::double as rate_at_posting_date, 110.0::double as effective_amount_company;

create table marts.price_variance as
select
    'variance 1' as price_variance_key, 1 as compared_lines, 110.00 as actual_amount, 95.00 as baseline_amount, 10.00 as price_variance,
    5.00 as fx_variance, 3.00 as volume_variance, -1.00 as mix_variance, 17.00 as cost_variance;

create table marts.fct_stock_day as
select
    'stock 1' as stock_day_key, '4711' as material, '1010' as plant, date '2026-06-30' as stock_date,
    timestamp '2026-06-30 18:00' as extracted_at, 420.0 as unrestricted_quantity;

create table marts.stock_cover as
select
    'cover 1' as stock_cover_key, '4711' as material, '1010' as plant, 21.0::double as daily_use, 20.0::double as days_of_cover,
    189.0::double as short_quantity_after_slip, 'short_after_slip' as cover_state;

create table marts.lead_time as
select
    'lead time 1' as lead_time_key, 'erp_s4hana:1' as vendor_key, 10 as lines, 7 as delivered_lines, 2 as open_lines, 1 as cancelled_lines,
    42.0::double as lead_time_p50, 38.0::double as lead_time_p50_lower, 51.0::double as lead_time_p50_upper,
    77.0::double as lead_time_p90, 61.0::double as lead_time_p90_lower, null::double as lead_time_p90_upper;

create table marts.vendor_quarter_kpi as
select
    vendor_key, date '2026-04-01' as quarter, 1 as score_version, 'otd' as metric_id, 0.9::double as value, 0.92::double as shrunk_value,
    0.8::double as shrunk_value_lower, 0.95::double as shrunk_value_upper, 0.95::double as prior_mean, 60::double as score,
    40::double as score_lower, 80::double as score_upper
from marts.dim_vendor;

create table marts.vendor_quarter_health as
select
    vendor_key, date '2026-04-01' as quarter, 1 as score_version, true as is_headline, 60::double as score, 40::double as score_lower,
    80::double as score_upper, 0.8::double as coverage, null::varchar as no_score_reason, 1 as score_rank, 1 as score_rank_best,
    2 as score_rank_worst
from marts.dim_vendor;

create table marts.data_trust as
select
    'erp_s4hana:purchase_order:' || coalesce(vendor_key, '*') as trust_key, 'erp_s4hana' as connection_id, 'purchase_order' as entity,
    vendor_key, rows_checked as checked_rows, 1::bigint as doubtful_rows, 0.6::double as exact_slip, 0.5::double as exact_slip_lower,
    0.7::double as exact_slip_upper, 1::double as promise_coverage, 0.9::double as promise_coverage_lower,
    1::double as promise_coverage_upper, 0.9::double as receipt_coverage, 0.8::double as receipt_coverage_lower,
    0.95::double as receipt_coverage_upper
from (values ('erp_s4hana:1', 10::bigint), (null, 40)) as scopes (vendor_key, rows_checked);

create table marts.reconciliation as
select
    'sap_s4hana' as system, 'erp_s4hana' as connection_id, 'purchase_order_schedule_line' as entity, 'fct_schedule_line' as fact,
    42::bigint as staged_keys, 40::bigint as mart_rows, 1::bigint as unreadable_keys, 0::bigint as deleted_keys,
    1::bigint as keys_without_parent, 0::bigint as keys_of_no_order;
