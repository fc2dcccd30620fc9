"""Which rows and columns of the published marts a pack is made from: the whole list, so that it can be checked."""

from dataclasses import dataclass

HISTORY_QUARTERS = 8


@dataclass(frozen=True)
class Read:
    """Rows of a mart that belong to a vendor.

    ``rows`` is an SQL condition over the mart; in it ``$first``, ``$next`` and ``$history`` are the first days of the
    quarter, of the one after it and of the first one of which the pack shows a trend.
    """

    mart: str
    columns: tuple[str, ...]
    order: str
    rows: str = "true"


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


VENDOR = Read(
    "dim_vendor",
    _names("vendor_key connection_id vendor_number vendor_name category segment is_strategic merged_into_vendor_key"),
    order="vendor_key",
)

READS = (
    VENDOR,
    Read(
        "vendor_quarter_health",
        _names(
            "quarter is_over score_version score score_n score_lower score_upper coverage no_score_reason"
            " delivery_score delivery_score_n delivery_weight quality_score quality_score_n quality_weight"
            " cost_score cost_score_n cost_weight service_score service_score_n service_weight"
            " innovation_score innovation_score_n innovation_weight"
            " relationship_score relationship_score_n relationship_weight"
        ),
        order="quarter",
        rows="is_headline and quarter >= $history and quarter < $next",
    ),
    Read(
        "vendor_quarter_kpi",
        _names(
            "quarter score_version pillar metric_id unit value value_n shrunk_value_lower shrunk_value_upper"
            " floor_value target_value stretch_value score"
        ),
        order="metric_id, quarter",
        rows="is_headline and quarter >= $history and quarter < $next",
    ),
    Read(
        "vendor_month",
        _names(
            "month otd_first_promise otd_first_promise_n otd_first_promise_lower otd_first_promise_upper"
            " otd_latest_promise otd_latest_promise_n otd_requested otd_requested_n"
            " slip_p50_days slip_p90_days slip_n overdue_lines promise_moves_later promise_moves_earlier"
            " defect_ppm_unit defect_ppm_registered defect_ppm_registered_n defect_ppm_registered_lower"
            " defect_ppm_registered_upper lot_rejection_rate lot_rejection_rate_n lot_rejection_rate_lower"
            " lot_rejection_rate_upper complaints_within_target complaints_within_target_n skipped_lots complaints"
            " complaint_hours_p50 complaint_hours_p90 price_variance_contract price_variance_contract_n"
            " price_variance_standard price_variance_standard_n price_variance_last_paid price_variance_last_paid_n"
            " tickets_opened tickets_resolved proposals_submitted tickets_within_target"
            " tickets_within_target_n tickets_within_target_lower tickets_within_target_upper"
            " sla_attainment sla_attainment_n sla_attainment_lower sla_attainment_upper"
            " mttr_p50_hours mttr_p90_hours mttr_n mttr_open_tickets"
            " availability availability_n"
        ),
        order="month",
        rows="month >= $history and month < $next",
    ),
    Read(
        "fct_schedule_line",
        _names(
            "purchase_order purchase_order_line schedule_line material material_text first_promise_date"
            " latest_promise_date in_full_date repromise_slip_days execution_slip_days slip_days state attribution"
            " open_quantity quantity_unit line_value open_value currency"
        ),
        order="purchase_order, purchase_order_line, schedule_line",
        rows="is_vendor_performance and state <> 'cancelled'"
        " and first_promise_date < $next and (first_promise_date >= $first or state = 'overdue')",
    ),
    Read(
        "fct_promise_change",
        _names("changed_at purchase_order purchase_order_line days_moved notice_days direction moved_by"),
        order="changed_at, promise_change_key",
        rows="is_vendor_performance and changed_at >= $first and changed_at < $next",
    ),
    Read(
        "lead_time",
        _names("cohort_start lines open_lines lead_time_p50 lead_time_p50_lower lead_time_p50_upper lead_time_p90"),
        order="cohort_start",
        rows="cohort = 'quarter' and cohort_start >= $history and cohort_start < $next",
    ),
    Read(
        "fct_quality_notification",
        _names(
            "quality_notification_key quality_notification material purchase_order purchase_order_line defect_group"
            " priority reported_at"
            " completed_at is_open elapsed_hours open_hours is_within_target counted_defective_quantity"
            " is_defective_assumed quantity_unit"
        ),
        order="reported_at, quality_notification_key",
        rows="is_complaint and not is_withdrawn and reported_at < $next and (reported_at >= $first or is_open)",
    ),
    Read(
        "fct_service_ticket",
        _names(
            "ticket priority category opened_at resolved_at gross_hours pause_hours resolution_state is_open reopenings"
        ),
        order="opened_at, ticket_key",
        rows="not is_cancelled and opened_at < $next"
        " and (opened_at >= $first or (resolved_at >= $first and resolved_at < $next) or is_open)",
    ),
    Read(
        "fct_availability",
        _names("item_name item_class month scheduled_hours unplanned_hours availability"),
        order="configuration_item_key, month",
        rows="month >= $first and month < $next",
    ),
    Read(
        "fct_proposal",
        _names(
            "proposal_key proposal title status submitted_date quarter is_actionable is_adopted is_waiting waiting_days"
            " first_feedback_at feedback_days is_feedback_in_time benefit_estimate currency"
        ),
        order="submitted_date, proposal_key",
        rows="submitted_date < $next and (submitted_date >= $first or is_waiting"
        " or (first_feedback_at >= $first and first_feedback_at < $next))",
    ),
    Read(
        "fct_pilot",
        _names(
            "pilot_key pilot title goal status start_date end_date is_overdue outcome lesson_learned is_lesson_missing"
            " budget currency"
        ),
        order="start_date, pilot_key",
        rows="(start_date is null or start_date < $next)"
        " and (status in ('Planned', 'Running') or (end_date >= $first and end_date < $next))",
    ),
    Read(
        "pilot_scorecard",
        _names("pilot_key score score_state score_coverage criteria_scored criteria"),
        order="pilot_key",
    ),
    Read(
        "fct_roadmap_item",
        _names(
            "roadmap_item title status planned_start planned_end actual_end is_overdue investment our_share currency"
            " ip_terms"
        ),
        order="planned_end, roadmap_item_key",
        rows="status <> 'Done' or (actual_end >= $first and actual_end < $next)",
    ),
    Read(
        "fct_engagement",
        _names("engagement kind title held_on participants_ours participants_vendor state outcome"),
        order="held_on, engagement_key",
        rows="held_on >= $first and held_on < $next",
    ),
    Read(
        "fct_joint_kpi",
        _names(
            "joint_kpi title agreed_on list_state is_measurable unit direction baseline_value target_value"
            " actual_value result"
        ),
        order="title, joint_kpi_key",
        rows="quarter = $first and list_state <> 'not_agreed'",
    ),
    Read(
        "fct_saving",
        _names(
            "saving title kind stage baseline_fixed_on is_baseline_in_time identified_on identified_amount"
            " negotiated_on negotiated_amount realised_on realised_amount validated_on validated_amount currency"
            " validated_company_amount is_validated is_taken_back"
        ),
        order="identified_on, saving_key",
        rows="identified_on is null or identified_on < $next",
    ),
    Read(
        "fct_reinvestment",
        _names("reinvestment pool entry_type booked_on is_booked amount currency reinvested_amount purpose"),
        order="booked_on, reinvestment_key",
        rows="booked_on < $next",
    ),
    Read(
        "value_share_quarter",
        _names(
            "agreement quarter savings unknown_amounts saving_without_baseline validated_saving taken_back_saving"
            " standing_saving threshold_amount excess_saving bonus_share raw_bonus cap_amount capped_bonus"
            " standing_bonus clawback_share clawback_amount quality_gate_ppm defect_ppm defect_ppm_n defect_ppm_lower"
            " defect_ppm_upper quality_gate delivery_gate otd_first_promise otd_first_promise_n"
            " otd_first_promise_lower otd_first_promise_upper delivery_gate_result state payable_amount held_amount"
            " currency"
        ),
        order="agreement_key, quarter",
        rows="quarter >= $history and quarter < $next",
    ),
    Read(
        "fct_contract_renewal",
        _names("renewal contract_number due_date decided_on notice_days term_months annual_value currency state"),
        order="due_date, renewal_key",
        rows="state = 'open'",
    ),
    Read(
        "vendor_warning",
        _names("rule_id kpi_family severity signal_state started_at cleared_at evidence is_muted"),
        order="started_at desc, signal_key",
        rows="started_at < $next and (signal_state = 'active' or cleared_at >= $first)",
    ),
    Read(
        "alert_opening",
        _names("rule_id kpi_family severity state opened_at closed_at reason_code is_right"),
        order="opened_at, opening_key",
        rows="opened_at < $next and (closed_at is null or closed_at >= $first)",
    ),
    Read(
        "restatement",
        _names("mart metric_id period_kind period from_value to_value definition_id published_at reason"),
        order="period, metric_id, published_at",
        rows="period >= $first and period < $next and not period_was_running",
    ),
)

DEFINITIONS = Read(
    "kpi_definition",
    _names("definition_id definition_version name formula population caveat"),
    order="definition_id, definition_version",
)
