"""A publication with five vendors: one with everything, one with other values, one silent, hostile, everyday."""

# ruff: noqa: DTZ001 - the marts keep instants in UTC without a zone

import json
from datetime import date, datetime
from typing import Any

from ecosystem.paths import Home
from tests.publishing.site.small_publication import Rows, contracts, write_publication

BUILD_ID = "20260703T180000Z-0123456789ab"
QUARTER, BEFORE, RUNNING = date(2026, 4, 1), date(2026, 1, 1), date(2026, 7, 1)
BUSY, OTHER, SILENT, HOSTILE, EVERYDAY = (f"erp_s4hana:{number}" for number in (100001, 770002, 100003, 100004, 100005))
HOSTILE_NAME = "<script>alert('x')</script> & \"Söhne\"\r\nLtd \u202egnp.exe שלום"
NAMES = {
    BUSY: "Nordwind Sensors",
    OTHER: "Zanzibar Castings",
    SILENT: "Quiet Works",
    HOSTILE: HOSTILE_NAME,
    EVERYDAY: "Day",
}
# Only in columns that config/sharing.yml does not share: found in a vendor's edition, it has leaked.
INTERNAL = "INTERNAL"


def write_world(home: Home) -> None:
    """Write the publication and make it current."""
    folder = write_publication(home, a_world(), BUILD_ID)
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest["code_hash"] = "0123456789ab"
    manifest["feeds"] = [
        _feed("sap_s4hana", "erp", "purchase_order", False),
        _feed("salesforce", "crm", "account", False),
        _feed("servicenow", "sla_portal", "incident", True),
        _feed("ecosystem", "own", "alert_event", False),
    ]
    file.write_text(json.dumps(manifest), encoding="utf-8")


def _feed(system: str, kind: str, entity: str, is_stale: bool) -> dict[str, Any]:
    times = {"last_complete_at": "2026-07-03T18:00:00Z", "stale_after_hours": 36.0, "is_stale": is_stale}
    return {"system": system, "kind": kind, "connection_id": f"{kind}_1", "entity": entity, **times}


def a_world() -> Rows:
    """All rows."""
    rows: Rows = {mart: [] for mart in contracts()}
    rows["kpi_definition"] = [
        {
            "definition_id": id_,
            "definition_version": version,
            "name": f"Name of {id_}",
            "formula": "a / b",
            "population": "all",
        }
        for id_, version in (("otd_first_promise", 1), ("otd_first_promise", 2), ("value_share_bonus", 1))
    ]
    rows["dim_vendor"] = [
        {
            "vendor_key": key,
            "vendor_number": key.partition(":")[2],
            "vendor_name": name,
            "category": "Sensors",
            "is_strategic": key != EVERYDAY,
        }
        for key, name in NAMES.items()
    ]
    _add(rows, BUSY, number=4, name="Nordwind")
    # The same facts with other values, none of which the first vendor's pack may show.
    _add(rows, OTHER, number=7, name="Zanzibar")
    return rows


def _add(rows: Rows, key: str, number: int, name: str) -> None:
    """A vendor's rows; ``number`` and ``name`` make its values its own."""
    for add in (_kpis, _months, _lines, _quality, _service, _innovation, _money, _inside):
        for mart, row in add(number, name):
            rows[mart].append({"vendor_key": key, **row})


Made = list[tuple[str, dict[str, Any]]]


def _kpis(number: int, name: str) -> Made:
    made: Made = []
    for pillar, metric, unit, value, n, low, high, floor, target, stretch in (
        ("delivery", "otd_first_promise", "share", 0.8556 + number / 1000, 388, 0.83, 0.88, 0.7, 0.95, 0.99),
        ("delivery", "otd_latest_promise", "share", 0.96, 396, 0.94, 0.975, 0.8, 0.97, 1.0),
        ("quality", "defect_ppm", "ppm", 400.0 + number, 50_000, 300.0, 480.0, 5000.0, 500.0, 50.0),
        ("cost", "price_variance_contract", "share", 0.0777, 339, None, None, 0.1, 0.0, -0.05),
        ("innovation", "proposals_actionable", "proposals", 1.0, 1, 0.2, 0.9, 0.0, 3.0, 6.0),
        ("relationship", "stakeholder_nps", "points", 43.21, 56, 30.0, 60.0, -20.0, 40.0, 80.0),
    ):
        common = {"pillar": pillar, "metric_id": metric, "unit": unit, "score_version": 1, "is_headline": True}
        anchors = {"floor_value": floor, "target_value": target, "stretch_value": stretch}
        measured = {"value": value, "value_n": n, "shrunk_value_lower": low, "shrunk_value_upper": high}
        made.append(("vendor_quarter_kpi", {**common, **anchors, **measured, "quarter": QUARTER}))
        if metric == "otd_latest_promise":
            before = {"value": 0.75, "shrunk_value_lower": 0.7, "shrunk_value_upper": 0.8, "quarter": BEFORE}
            made.append(("vendor_quarter_kpi", {**common, **anchors, **measured, **before}))
    for quarter, score in ((BEFORE, 50.0), (QUARTER, 61.5 + number / 10)):
        made.append(
            (
                "vendor_quarter_health",
                {
                    "quarter": quarter,
                    "is_headline": True,
                    "is_over": True,
                    "score": score,
                    "score_n": 5,
                    "score_lower": score - 8,
                    "score_upper": score + 8,
                    "coverage": 0.9,
                    **{f"{pillar}_score": 70.0 for pillar in ("delivery", "quality", "innovation")},
                    "cost_score": 33.21,
                    "relationship_score": 71.23,
                    **{
                        f"{pillar}_weight": 0.2
                        for pillar in ("delivery", "quality", "cost", "innovation", "relationship")
                    },
                },
            )
        )
    return made


def _months(number: int, name: str) -> Made:
    return [
        (
            "vendor_month",
            {
                "month": date(2026, 1 + index, 1),
                "otd_first_promise": 0.9,
                "otd_first_promise_n": 100 + number,
                "otd_first_promise_lower": 0.8,
                "otd_first_promise_upper": 0.95,
                "promise_moves_later": None if index < 5 else 2,
                "defect_ppm_registered": 400.0,
                "defect_ppm_registered_n": 10_000,
                "complaints": 2,
                "complaints_within_target": 0.5,
                "complaints_within_target_n": 2,
                "lot_rejection_rate": 0.1,
                "lot_rejection_rate_n": 20,
                "tickets_opened": 1,
                "tickets_resolved": 1,
                "sla_attainment": 0.5,
                "sla_attainment_n": 2,
                "mttr_n": 1,
                "price_variance_contract": 0.0777,
                "price_variance_contract_n": 12,
                "proposals_submitted": 1 if index == 4 else 0,
            },
        )
        for index in range(6)
    ]


def _lines(number: int, name: str) -> Made:
    def line(item: int, **values: Any) -> tuple[str, dict[str, Any]]:
        common = {
            "schedule_line_key": f"{number}/{item}",
            "purchase_order": f"45{number}0000{item:02}",
            "purchase_order_line": "10",
            "schedule_line": "1",
            "material_text": f"{name} housing",
            "is_vendor_performance": True,
            "latest_promise_date": date(2026, 5, 1),
            "first_promise_date": date(2026, 5, 1),
            "line_value": 1234.5 + number,
            "currency": "EUR",
        }
        return "fct_schedule_line", {**common, **values}

    late = {"state": "delivered_late", "attribution": "vendor", "in_full_date": date(2026, 5, 13), "slip_days": 12}
    moved = {"state": "delivered_late", "attribution": "us", "slip_days": 3, "repromise_slip_days": 3}
    move = {
        "changed_at": datetime(2026, 6, 9, 8),
        "purchase_order": f"45{number}000001",
        "purchase_order_line": "10",
        "is_vendor_performance": True,
    }
    return [
        line(1, **late, repromise_slip_days=0, execution_slip_days=12),
        line(2, **moved, execution_slip_days=0),
        line(3, state="overdue", attribution="vendor"),
        line(4, state="delivered_on_time", slip_days=0),
        # Not of the quarter, not of the vendor's performance, cancelled: in no figure.
        line(5, state="overdue", first_promise_date=date(2026, 7, 1)),
        line(6, **late | {"is_vendor_performance": False}),
        line(7, state="cancelled"),
        (
            "fct_promise_change",
            {
                **move,
                "promise_change_key": "1",
                "days_moved": 14,
                "notice_days": 8,
                "direction": "later",
                "moved_by": "vendor",
            },
        ),
        (
            "fct_promise_change",
            {
                **move,
                "promise_change_key": "2",
                "days_moved": 5,
                "notice_days": 20,
                "direction": "later",
                "moved_by": "us",
            },
        ),
        (
            "lead_time",
            {
                "cohort": "quarter",
                "cohort_start": QUARTER,
                "lines": 30,
                "open_lines": 4,
                "lead_time_p50": 60.0 + number,
            },
        ),
    ]


def _quality(number: int, name: str) -> Made:
    common = {
        "is_complaint": True,
        "is_withdrawn": False,
        "purchase_order": f"45{number}000001",
        "purchase_order_line": "10",
    }
    return [
        (
            "fct_quality_notification",
            {
                **common,
                "quality_notification_key": f"n{number}{index}",
                "quality_notification": f"2000{number}000{index}",
                "material": f"{name}-4711",
                "defect_group": "LABEL",
                "reported_at": datetime(2026, 5, 3 + index, 8),
                "is_open": index == 0,
                "open_hours": 1400.0 if index == 0 else None,
                "elapsed_hours": None if index == 0 else 30.5,
                "counted_defective_quantity": 12,
                "quantity_unit": "EA",
            },
        )
        for index in range(2)
    ]


def _service(number: int, name: str) -> Made:
    return [
        (
            "fct_service_ticket",
            {
                "ticket_key": f"t{number}",
                "ticket": f"INC{number}000042",
                "priority": "2",
                "category": f"{name} hardware",
                "opened_at": datetime(2026, 5, 9, 8),
                "resolution_state": "breached",
                "gross_hours": 90.5,
                "is_open": False,
                "is_cancelled": False,
                "resolved_at": datetime(2026, 5, 13, 2),
            },
        )
    ]


def _innovation(number: int, name: str) -> Made:
    proposal = {"quarter": QUARTER, "is_repeat": False, "is_adopted": False, "currency": "EUR"}
    return [
        (
            "fct_proposal",
            {
                **proposal,
                "proposal_key": f"i{number}1",
                "proposal": f"IP-{number}0001 {INTERNAL}",
                "title": f"{name} lighter box",
                "status": "Submitted",
                "submitted_date": date(2026, 5, 20),
                "is_waiting": True,
                "waiting_days": 44,
                "is_feedback_in_time": False,
                "benefit_estimate": 8_765_432.1,
            },
        ),
        (
            "fct_proposal",
            {
                **proposal,
                "proposal_key": f"i{number}2",
                "title": f"{name} reusable pallet",
                "status": "Adopted",
                "submitted_date": date(2026, 4, 2),
                "is_waiting": False,
                "is_adopted": True,
                "first_feedback_at": datetime(2026, 4, 9, 8),
                "feedback_days": 7,
                "is_feedback_in_time": True,
            },
        ),
        (
            "fct_pilot",
            {
                "pilot_key": f"p{number}",
                "pilot": f"PI-{number} {INTERNAL}",
                "title": f"{name} cold box",
                "status": "Running",
                "start_date": date(2026, 2, 1),
                "end_date": date(2026, 6, 1),
                "is_overdue": True,
            },
        ),
        ("fct_joint_kpi", _joint(number, f"{name} forecast", "achieved")),
        ("fct_joint_kpi", _joint(number, f"{name} waste", "undecided")),
        (
            "fct_contract_renewal",
            {
                "renewal_key": f"r{number}",
                "renewal": f"R-{number} {INTERNAL}",
                "contract_number": f"46{number}00001",
                "due_date": date(2026, 8, 1),
                "state": "open",
                "annual_value": 7_654_321.0,
                "currency": "EUR",
            },
        ),
    ]


def _joint(number: int, title: str, result: str) -> dict[str, Any]:
    values = {"baseline_value": 70.0, "target_value": 85.0, "actual_value": 88.0, "unit": "%", "is_measurable": True}
    return {
        "joint_kpi_key": f"{title}{number}",
        "title": title,
        "quarter": QUARTER,
        "list_state": "on_list",
        "result": result,
        **values,
    }


def _money(number: int, name: str) -> Made:
    saving = {"kind": "saving", "currency": "EUR", "is_taken_back": False, "baseline_fixed_on": date(2026, 1, 5)}
    entry = {"is_booked": True, "currency": "EUR", "pool": f"{INTERNAL} pool", "purpose": f"{name} tooling"}
    return [
        (
            "fct_saving",
            {
                **saving,
                "saving_key": f"s{number}",
                "saving": f"SV-{number} {INTERNAL}",
                "title": f"{name} bundling",
                "stage": "validated",
                "identified_on": date(2025, 9, 1),
                "identified_amount": 150_000.0,
                "negotiated_on": date(2025, 11, 1),
                "negotiated_amount": 140_000.0,
                "realised_on": date(2026, 2, 1),
                "realised_amount": 130_000.0,
                "validated_on": date(2026, 5, 1),
                "validated_amount": 120_000.0 + number,
                "validated_company_amount": 240_000.0,
                "is_validated": True,
            },
        ),
        (
            "fct_reinvestment",
            {
                **entry,
                "reinvestment_key": f"e{number}1",
                "entry_type": "disbursement",
                "booked_on": date(2026, 6, 1),
                "amount": 48_000.0,
                "reinvested_amount": 96_000.0,
            },
        ),
        (
            "fct_reinvestment",
            {
                **entry,
                "reinvestment_key": f"e{number}2",
                "entry_type": "clawback",
                "booked_on": date(2026, 6, 2),
                "amount": 6_000.0,
                "reinvested_amount": -12_000.0,
            },
        ),
        (
            "fct_reinvestment",
            {
                **entry,
                "reinvestment_key": f"e{number}3",
                "entry_type": "bonus",
                "booked_on": date(2026, 6, 3),
                "amount": 9_000.0,
                "reinvested_amount": 0.0,
            },
        ),
        (
            "value_share_quarter",
            {
                "agreement_key": f"a{number}",
                "agreement": f"VS-{number}0001",
                "quarter": QUARTER,
                "savings": 1,
                "unknown_amounts": 0,
                "saving_without_baseline": 0.0,
                "validated_saving": 120_000.0 + number,
                "taken_back_saving": 20_000.0,
                "standing_saving": 100_000.0 + number,
                "threshold_amount": 50_000.0,
                "excess_saving": 70_000.0 + number,
                "bonus_share": 0.2,
                "raw_bonus": 14_000.8,
                "cap_amount": 12_500.0,
                "capped_bonus": 12_500.0,
                "standing_bonus": 10_000.8,
                "clawback_share": 1.0,
                "clawback_amount": 2_499.2,
                "quality_gate_ppm": 500.0,
                "defect_ppm": 400.0 + number,
                "defect_ppm_n": 50_000,
                "defect_ppm_lower": 250.0,
                "defect_ppm_upper": 610.0,
                "quality_gate": "cannot tell",
                "delivery_gate": 0.8,
                "otd_first_promise": 0.8556,
                "otd_first_promise_n": 388,
                "otd_first_promise_lower": 0.817,
                "otd_first_promise_upper": 0.887,
                "delivery_gate_result": "pass",
                "state": "cannot tell",
                "held_amount": 10_000.8,
                "currency": "EUR",
            },
        ),
    ]


def _inside(number: int, name: str) -> Made:
    """What only our own people read."""
    return [
        (
            "vendor_warning",
            {
                "signal_key": f"w{number}",
                "rule_id": "delivery_slip",
                "kpi_family": "delivery",
                "severity": "alert",
                "signal_state": "active",
                "started_at": datetime(2026, 6, 20),
                "evidence": f"{INTERNAL} evidence of {name}",
            },
        ),
        (
            "alert_opening",
            {
                "opening_key": f"o{number}",
                "kpi_family": "delivery",
                "severity": "alert",
                "opened_at": datetime(2026, 5, 2),
                "closed_at": datetime(2026, 5, 20),
                "reason_code": f"{INTERNAL}",
                "is_right": True,
            },
        ),
        (
            "restatement",
            {
                "restatement_key": f"x{number}",
                "metric_id": "otd_first_promise",
                "period_kind": "month",
                "period": date(2026, 5, 1),
                "from_value": 0.91,
                "to_value": 0.9,
                "published_at": datetime(2026, 7, 3),
                "period_was_running": False,
                "reason": f"{INTERNAL}_late_document",
            },
        ),
    ]
