"""What the gate lets pass, what it blocks, and what it says."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from config.gate import load_gate
from ecosystem.errors import EcosystemError
from ecosystem.locks import exclusive
from ecosystem.paths import Home
from expectations.findings import Finding
from expectations.gate import run_gate
from expectations.run_suites import run_suites
from expectations.suites import all_suites

# Great Expectations calls its own parameter for a table's schema deprecated, and offers no other for this kind of
# source.
pytestmark = pytest.mark.filterwarnings("ignore:`schema_name` is deprecated:DeprecationWarning")

BUILD = "20260630T180000Z-0123456789ab"
Change = Callable[[str], None]


def settings(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "gate.yml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("ECOSYSTEM_CONFIG", str(folder))


def findings(home: Home, table: str) -> list[Finding]:
    """What the suite of one table finds, without the seconds of all others."""
    suites = [suite for suite in all_suites(load_gate(), {}) if suite.table == table]
    assert suites
    return [finding for _, finding in run_suites(home.warehouse_file, suites) if finding]


def test_marts_that_keep_every_rule_pass_and_every_check_has_an_outcome(home: Home) -> None:
    result = run_gate(home, BUILD)
    assert result.blocking == ()
    assert result.passed
    assert len(result.checks) > 50
    assert all(outcome.succeeded and outcome.error is None for outcome in result.checks)
    tables = {outcome.table for outcome in result.checks}
    assert tables == {outcome.table for outcome in result.checks if outcome.check == "row_count"}
    recorded = json.loads((home.gate_dir / f"{BUILD}.json").read_text(encoding="utf-8"))
    assert recorded["passed"] is True
    assert len(recorded["checks"]) == len(result.checks)


BROKEN = [
    (
        "update marts.vendor_quarter_kpi set shrunk_value = 0.5 where vendor_key = 'erp_s4hana:3'",
        "vendor_quarter_kpi",
        "moved_toward_the_category",
        1,
    ),
    (
        "update marts.vendor_quarter_health set score = null where vendor_key = 'erp_s4hana:3'",
        "vendor_quarter_health",
        "score_or_reason",
        1,
    ),
    (
        "update marts.fct_saving set is_taken_back = true",
        "fct_saving",
        "validated_or_taken_back",
        1,
    ),
    (
        "update marts.fct_reinvestment set reinvested_amount = 40",
        "fct_reinvestment",
        "only_spending_counts",
        1,
    ),
    (
        "update marts.reinvestment_pool set balance = 70 where entry_type = 'disbursement'",
        "reinvestment_pool",
        "balance_is_the_sum_of_changes",
        1,
    ),
    (
        "update marts.reinvestment_quarter set validated_amount_rolling = 0",
        "reinvestment_quarter",
        "share_of_known_savings",
        1,
    ),
    (
        "update marts.value_share_quarter set quality_gate = 'cannot tell'",
        "value_share_quarter",
        "gates_hold",
        1,
    ),
    (
        "update marts.fct_availability set availability = 1.1 where configuration_item_key = 'sla:ci1'",
        "fct_availability",
        "availability_in_range",
        1,
    ),
    (
        "update marts.fct_availability set unplanned_hours = 719",
        "fct_availability",
        "hours_fit_into_the_month",
        3,
    ),
    (
        "update marts.fct_survey_response set is_counted = true",
        "fct_survey_response",
        "votes_are_on_the_scale",
        1,
    ),
    (
        "update marts.survey_quarter set nps_by_vendor_n = 12",
        "survey_quarter",
        "fewer_vendors_than_votes",
        1,
    ),
    (
        "update marts.fct_contract_renewal set signed_on = null",
        "fct_contract_renewal",
        "signed_has_a_date",
        1,
    ),
    (
        "update marts.fct_engagement set held_on = '2026-07-01'",
        "fct_engagement",
        "held_in_the_past",
        1,
    ),
    (
        "update marts.fct_roadmap_item set our_share = 40",
        "fct_roadmap_item",
        "our_share_in_range",
        1,
    ),
    (
        "update marts.fct_joint_kpi set result = 'missed', list_state = 'on_list'",
        "fct_joint_kpi",
        "agreed_by_the_first_day",
        1,
    ),
    (
        "update marts.fct_proposal set is_actionable = true",
        "fct_proposal",
        "a_repeat_is_never_actionable",
        1,
    ),
    (
        "update marts.innovation_funnel set submitted = 3 where scope = 'ecosystem'",
        "innovation_funnel",
        "the_whole_has_all_parts",
        1,
    ),
    (
        "update marts.fct_pilot set end_date = '2026-01-09'",
        "fct_pilot",
        "start_date_not_above_end_date",
        1,
    ),
    (
        "update marts.fct_pilot_criterion set achievement = 1",
        "fct_pilot_criterion",
        "refused_without_a_score",
        1,
    ),
    (
        "update marts.pilot_scorecard set creativity = 0.5",
        "pilot_scorecard",
        "creativity_in_range",
        1,
    ),
    (
        "update marts.dim_vendor_history set vendor_name = 'Former name' where vendor_key = 'erp_s4hana:3'",
        "dim_vendor_history",
        "ends_as_the_vendor_is",
        1,
    ),
    (
        "update marts.dim_vendor_history set valid_to = '2026-06-10' where vendor_key = 'erp_s4hana:3'",
        "dim_vendor_history",
        "no_time_is_missing_or_told_twice",
        1,
    ),
    (
        "update marts.vendor_merger set current_vendor_key = 'erp_s4hana:99'",
        "vendor_merger",
        "chain_ends",
        1,
    ),
    (
        "update marts.dim_vendor set vendor_number = '9' where vendor_number = '3'",
        "dim_vendor",
        "key_names_vendor",
        1,
    ),
    (
        "update marts.dim_vendor set first_seen_at = '2026-07-01'",
        "dim_vendor",
        "seen_by_the_as_of_time",
        4,
    ),
    (
        "delete from marts.dim_vendor where vendor_number = '1'",
        "early_warning",
        "vendor_is_known",
        10,
    ),
    (
        "update marts.fct_schedule_line set in_full_date = '2027-01-01' where purchase_order = '4500'",
        "fct_schedule_line",
        "in_full_date_plausible",
        1,
    ),
    (
        (
            "update marts.fct_schedule_line set in_full_date = '1989-12-31', state = 'delivered_early' where "
            "purchase_order = '4500'"
        ),
        "fct_schedule_line",
        "in_full_date_plausible",
        1,
    ),
    (
        "update marts.fct_schedule_line set slip_days = 4 where slip_days = 3",
        "fct_schedule_line",
        "slip_adds_up",
        20,
    ),
    (
        "update marts.fct_schedule_line set state = 'delivered_early' where slip_days = 3",
        "fct_schedule_line",
        "state_fits_dates",
        20,
    ),
    (
        "update marts.fct_promise_change set days_moved = 0",
        "fct_promise_change",
        "days_add_up",
        40,
    ),
    (
        "update marts.fct_promise_change set vendor_key = 'erp_s4hana:9'",
        "fct_promise_change",
        "vendor_is_the_lines",
        40,
    ),
    (
        "update marts.fct_service_ticket set gross_hours = -1, net_hours = null where ticket = 'INC5'",
        "fct_service_ticket",
        "gross_hours_in_range",
        1,
    ),
    (
        "update marts.fct_service_ticket set net_hours = 25",
        "fct_service_ticket",
        "net_within_gross",
        8,
    ),
    (
        "update marts.fct_service_ticket set vendor_key = 'x' where ticket = 'INC5'",
        "fct_service_ticket",
        "vendor_is_known",
        1,
    ),
    (
        "update marts.vendor_month set otd_first_promise = 1.2, otd_first_promise_upper = 1.3",
        "vendor_month",
        "otd_first_promise_in_range",
        4,
    ),
    (
        "update marts.vendor_month set vendor_nps = 31",
        "vendor_month",
        "vendor_nps_within_bounds",
        4,
    ),
    (
        "update marts.vendor_month set otd_requested = 0",
        "vendor_month",
        "otd_requested_unknown_without_rows",
        4,
    ),
    (
        "update marts.ecosystem_quarter set value = 1 where metric_id = 'b'",
        "ecosystem_quarter",
        "verdict_has_value_and_target",
        1,
    ),
    (
        "update marts.ecosystem_quarter set definition_version = 2",
        "ecosystem_quarter",
        "definition_is_known",
        3,
    ),
    (
        "update marts.early_warning set days_late = 0 where purchase_order = '4501'",
        "early_warning",
        "days_late_by_rule",
        1,
    ),
    (
        "update marts.early_warning set rule_id = 'likely_late', days_late = 0, late_probability = 0.6, "
        "late_probability_low = 0.7, late_probability_high = 0.9 where purchase_order = '4501'",
        "early_warning",
        "chance_in_its_interval",
        1,
    ),
    (
        "update marts.fct_schedule_line set state = 'cancelled' where purchase_order = '4501'",
        "early_warning",
        "active_line_is_open",
        1,
    ),
    (
        "delete from marts.fct_schedule_line where purchase_order = '4501'",
        "early_warning",
        "active_line_is_open",
        1,
    ),
    (
        (
            "update marts.early_warning set signal_state = 'cleared', clear_reason = 'delivered', cleared_at = "
            "'2026-06-01'"
        ),
        "early_warning",
        "started_at_not_above_cleared_at",
        20,
    ),
    (
        "update marts.early_warning set signal_state = 'cleared'",
        "early_warning",
        "cleared_with_reason",
        20,
    ),
    (
        "update marts.early_warning set is_muted = true",
        "early_warning",
        "muted_with_reason",
        20,
    ),
    (
        "update marts.target_warning set quarter_end_date = '2026-03-31'",
        "target_warning",
        "quarter_not_above_quarter_end_date",
        3,
    ),
    (
        (
            "update marts.target_warning set signal_state = 'cleared', clear_reason = 'on_track', "
            "cleared_at = '2026-05-01'"
        ),
        "target_warning",
        "started_at_not_above_cleared_at",
        3,
    ),
    (
        "update marts.target_warning set expected_at_end = 0.7",
        "target_warning",
        "range_holds_what_is_expected",
        3,
    ),
    (
        "update marts.target_warning set expected_high = 0.95",
        "target_warning",
        "alert_is_out_of_reach",
        3,
    ),
    (
        "update marts.target_warning set clear_reason = 'on_track'",
        "target_warning",
        "active_while_the_quarter_runs",
        3,
    ),
    (
        "update marts.target_warning set quarter_end_date = '2026-06-29'",
        "target_warning",
        "active_while_the_quarter_runs",
        3,
    ),
    (
        "update marts.target_warning set missing = 0",
        "target_warning",
        "missing_has_a_unit",
        3,
    ),
    (
        "update marts.target_warning set is_muted = true",
        "target_warning",
        "muted_with_reason",
        3,
    ),
    (
        "update marts.target_warning set metric_id = 'unheard of' where metric_id = 'a'",
        "target_warning",
        "target_is_measured",
        1,
    ),
    (
        "update marts.vendor_warning set vendor_key = 'erp_s4hana:77' where signal_key = 'shift 1'",
        "vendor_warning",
        "vendor_is_known",
        1,
    ),
    (
        "update marts.vendor_warning set observed_of = -1, observed_count = -1",
        "vendor_warning",
        "observed_of_in_range",
        3,
    ),
    (
        "update marts.vendor_warning set expected = -0.1",
        "vendor_warning",
        "expected_in_range",
        3,
    ),
    (
        (
            "update marts.vendor_warning set signal_state = 'cleared', clear_reason = 'recovered', "
            "cleared_at = '2026-06-01'"
        ),
        "vendor_warning",
        "started_at_not_above_cleared_at",
        3,
    ),
    (
        "update marts.vendor_warning set last_told_at = '2026-06-01'",
        "vendor_warning",
        "started_at_not_above_last_told_at",
        3,
    ),
    (
        "update marts.vendor_warning set last_told_at = '2026-07-01'",
        "vendor_warning",
        "told_by_the_as_of_time",
        3,
    ),
    (
        "update marts.vendor_warning set observed = 0.9",
        "vendor_warning",
        "interval_holds_the_figure",
        3,
    ),
    (
        "update marts.vendor_warning set observed_count = 21",
        "vendor_warning",
        "interval_holds_the_figure",
        3,
    ),
    (
        "update marts.vendor_warning set announced_count = 5",
        "vendor_warning",
        "announcements_of_deliveries",
        3,
    ),
    (
        "update marts.vendor_warning set severity = 'watch'",
        "vendor_warning",
        "alert_reached_its_threshold",
        3,
    ),
    (
        "update marts.vendor_warning set signal_state = 'cleared'",
        "vendor_warning",
        "cleared_with_reason",
        3,
    ),
    (
        "update marts.vendor_warning set is_muted = true",
        "vendor_warning",
        "muted_with_reason",
        3,
    ),
    (
        "update marts.vendor_warning set vendor_key = 'erp_s4hana:1' where signal_key = 'shift 2'",
        "vendor_warning",
        "one_active_episode",
        1,
    ),
    (
        "delete from marts.vendor_warning where signal_key = 'shift 1'",
        "vendor_warning_month",
        "belongs_to_a_warning",
        1,
    ),
    (
        "update marts.vendor_warning_month set observed = 0.9",
        "vendor_warning_month",
        "interval_holds_the_figure",
        3,
    ),
    (
        "update marts.vendor_warning_evidence set vendor_key = 'erp_s4hana:0'",
        "vendor_warning_evidence",
        "belongs_to_a_warning",
        15,
    ),
    (
        "update marts.vendor_warning_evidence set evidence_rank = 9 where evidence_rank = 5",
        "vendor_warning_evidence",
        "ranked_without_gaps",
        3,
    ),
    (
        "update marts.feed_status set last_full_rows = 0 where entity = 'supplier'",
        "feed_status",
        "full_read_has_rows",
        1,
    ),
    (
        "update marts.feed_status set last_full_rows = 79 where entity = 'supplier'",
        "feed_status",
        "full_read_has_not_shrunk",
        1,
    ),
    (
        "update marts.feed_status set quarantined_rows = 11 where entity = 'supplier'",
        "feed_status",
        "quarantined_share",
        1,
    ),
    (
        "update marts.feed_status set last_run_quarantined_rows = 6 where entity = 'supplier'",
        "feed_status",
        "quarantined_share_of_last_run",
        1,
    ),
    (
        "update marts.feed_status set doubtful_rows = 6 where entity = 'purchase_order'",
        "feed_status",
        "doubtful_share",
        1,
    ),
]


@pytest.mark.parametrize(
    ("sql", "table", "check", "count"), BROKEN, ids=lambda value: value if isinstance(value, str) else None
)
def test_a_broken_rule_blocks_and_says_table_check_count_and_example(
    home: Home, change: Change, sql: str, table: str, check: str, count: int
) -> None:
    change(sql)
    finding = next(finding for finding in findings(home, table) if finding.check == check)
    assert finding.severity == "critical"
    assert finding.observed_count == count
    for part in (table, finding.expectation, check, str(count)):
        assert part in finding.sentence
    assert len(finding.examples) == min(count, 20)


def test_one_broken_rule_blocks_the_build(home: Home, change: Change) -> None:
    change("update marts.fct_schedule_line set slip_days = 4 where purchase_order = '4500'")
    result = run_gate(home, BUILD)
    assert not result.passed
    assert [(finding.table, finding.check) for finding in result.blocking] == [("fct_schedule_line", "slip_adds_up")]
    assert "purchase_order 4500" in result.sentence
    assert not (home.gate_dir / "last_passed.json").exists()
    assert json.loads((home.gate_dir / f"{BUILD}.json").read_text(encoding="utf-8"))["passed"] is False


def test_an_empty_mart_blocks_where_its_source_landed_rows(home: Home, change: Change) -> None:
    change("delete from marts.fct_service_ticket")
    finding = run_gate(home).blocking[0]
    assert (finding.table, finding.check, finding.observed_count) == ("fct_service_ticket", "row_count", 0)
    assert "it has 0 rows" in finding.sentence


def test_examples_stop_at_twenty_rows_and_name_no_person(home: Home, change: Change) -> None:
    change("update marts.fct_promise_change set days_moved = 0")
    (finding,) = findings(home, "fct_promise_change")
    assert finding.observed_count == 40
    assert len(finding.examples) == 20
    key = {"promise_change_key", "purchase_order", "purchase_order_line", "schedule_line"}
    assert set(finding.examples[0]) == key | {"from_date", "to_date", "days_moved"}


def test_what_is_tolerated_or_normally_empty_passes(home: Home, change: Change) -> None:
    change("update marts.feed_status set last_full_rows = 80 where entity = 'supplier'")
    change("update marts.feed_status set quarantined_rows = 10, last_run_quarantined_rows = 5, doubtful_rows = 4")
    for table in ("early_warning", "fct_promise_change", "vendor_crosswalk_exception", "fct_service_ticket"):
        change(f"delete from marts.{table}")
    change("delete from control.landed_batch where entity = 'incident'")
    assert run_gate(home).blocking == ()


def test_a_stale_feed_is_a_warning_and_passes(home: Home, change: Change) -> None:
    change("update marts.feed_status set is_stale = true, last_complete_at = null where entity = 'account'")
    result = run_gate(home)
    assert result.passed
    assert [(finding.check, finding.observed_count) for finding in result.warnings] == [("feed_is_fresh", 1)]
    assert "entity account" in result.warnings[0].sentence


def test_a_check_that_could_not_run_blocks(home: Home, change: Change) -> None:
    change("alter table marts.vendor_month drop column vendor_nps")
    change("drop table marts.kpi_definition")
    result = run_gate(home)
    assert not result.passed
    assert {(finding.table, finding.check) for finding in result.blocking} == {
        ("vendor_month", "vendor_nps_in_range"),
        ("vendor_month", "vendor_nps_within_bounds"),
        ("vendor_month", "vendor_nps_unknown_without_rows"),
        ("kpi_definition", "row_count"),
        ("kpi_definition", "definition_version_in_range"),
        ("ecosystem_quarter", "definition_is_known"),
    }
    assert all("could not run" in finding.sentence for finding in result.blocking)
    assert all(finding.observed_count is None for finding in result.blocking)


def test_a_check_without_a_result_blocks(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations returns a result for each expectation; should one get lost, it has not passed."""
    from great_expectations.core import ExpectationSuiteValidationResult

    complete = ExpectationSuiteValidationResult.__init__

    def lossy(self: ExpectationSuiteValidationResult, *, results: list[object], **others: object) -> None:
        complete(self, results=results[:-1], **others)

    monkeypatch.setattr(ExpectationSuiteValidationResult, "__init__", lossy)
    lost = findings(home, "dim_vendor")
    assert len(lost) == 1
    assert "no result for it" in lost[0].sentence


def test_a_read_that_stays_small_is_measured_by_the_last_build_that_passed(home: Home, change: Change) -> None:
    assert run_gate(home).passed
    change("update control.feed set last_full_rows = 50, previous_full_rows = 50 where entity = 'supplier'")
    change("update marts.feed_status set last_full_rows = 50, previous_full_rows = 50 where entity = 'supplier'")
    for _ in range(2):
        assert [finding.check for finding in run_gate(home).blocking] == ["full_read_has_not_shrunk"]


def test_a_shrinkage_that_is_real_is_accepted_by_a_setting(
    home: Home, change: Change, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change("update marts.feed_status set last_full_rows = 50 where entity = 'supplier'")
    accepted = "full_read: {accepted: [{connection_id: erp_s4hana, entity: supplier, rows: 50, reason: archived}]}"
    settings(tmp_path, accepted, monkeypatch)
    assert run_gate(home).passed
    change("update marts.feed_status set last_full_rows = 39 where entity = 'supplier'")
    assert not run_gate(home).passed


def test_tolerances_are_settings(home: Home, change: Change, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change("update marts.feed_status set doubtful_rows = 1")
    settings(tmp_path, "doubtful: {tolerance_share: 0.02, tolerated_rows: 0}", monkeypatch)
    assert [finding.check for finding in run_gate(home).blocking] == ["doubtful_share"]


def test_only_the_complete_build_that_is_meant_is_checked(home: Home, change: Change) -> None:
    with pytest.raises(EcosystemError, match=f"holds build {BUILD}, not another"):
        run_gate(home, "another")
    change("update control.build set is_complete = false")
    with pytest.raises(EcosystemError, match="holds no complete build"):
        run_gate(home)
    home.warehouse_file.unlink()
    with pytest.raises(EcosystemError, match="run 'ecosystem build' first"):
        run_gate(home)
    assert not home.gate_dir.exists()


def test_the_gate_waits_for_no_build(home: Home) -> None:
    with exclusive("warehouse", home), pytest.raises(EcosystemError, match="lock 'warehouse'"):
        run_gate(home)


def test_the_gate_changes_nothing_in_the_warehouse(home: Home) -> None:
    before = home.warehouse_file.read_bytes()
    run_gate(home)
    assert home.warehouse_file.read_bytes() == before
    assert [path.name for path in home.warehouse_dir.glob("*.wal")] == []
