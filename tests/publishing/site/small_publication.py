"""A publication of a few vendors: every mart with all columns of its contract, rows where a page needs them."""

# ruff: noqa: DTZ001 - the marts keep instants in UTC without a zone

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from ecosystem.paths import Home, project_root

Rows = dict[str, list[dict[str, Any]]]

AS_OF = datetime(2026, 7, 3, 18)
FULL, BEFORE, RUNNING = date(2026, 4, 1), date(2026, 1, 1), date(2026, 7, 1)
# Names as sources really have them, and as somebody would write them who means harm.
NASTY = "<script>alert(\"x\")</script> & 'Söhne' <img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://evil.example","x")'
RIGHT_TO_LEFT = "שלום\u202eABC"
NAMES = ("Nordwind Sensors", NASTY, FORMULA, RIGHT_TO_LEFT, "Alder\r\nLogistics", "Cedar", "Delta")
VENDORS = tuple(f"erp_s4hana:{100001 + number}" for number in range(len(NAMES)))


@cache
def contracts() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The columns of every mart, from the files that dbt enforces."""
    found = {}
    for file in sorted((project_root() / "dbt_project" / "models" / "marts").rglob("_*.yml")):
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", []):
            found[model["name"]] = [
                {
                    "name": column["name"],
                    "type": column["data_type"].replace("string", "varchar").upper(),
                    "description": column.get("description", ""),
                    "unit": column["config"]["meta"]["unit"],
                    "definition": column["config"]["meta"]["definition"],
                }
                for column in model["columns"]
            ]
    return found


def write_publication(home: Home, rows: Rows, build_id: str = "20260703T180000Z-0123456789ab") -> Path:
    """Write the publication and make it current; what a row does not name is null."""
    folder = home.published / "builds" / build_id
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{folder / 'ecosystem.duckdb'}' as publication (storage_version 'v1.0.0')")
        for mart, columns in contracts().items():
            described = ", ".join(f"{column['name']} {column['type']}" for column in columns)
            connection.execute(f"create table publication.main.{mart} ({described})")
            for row in rows.get(mart, []):
                unknown = row.keys() - {column["name"] for column in columns}
                assert not unknown, f"{mart} has no {unknown}"
                names, marks = ", ".join(row), ", ".join("?" for _ in row)
                connection.execute(
                    f"insert into publication.main.{mart} ({names}) values ({marks})", list(row.values())
                )
        connection.execute("detach publication")
    marts = {
        name: {"file": f"{name}.parquet", "columns": columns, "is_stale": False, "stale_feeds": []}
        for name, columns in contracts().items()
    }
    manifest = {
        "build_id": build_id,
        "as_of": "2026-07-03T18:00:00Z",
        "marts": marts,
        "duckdb": {"file": "ecosystem.duckdb"},
        "gate": {"passed": True, "checks": 210, "warnings": ["pool: 'no pool is below zero' does not hold."]},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    home.current.unlink(missing_ok=True)
    home.current.symlink_to(Path("builds") / build_id)
    return folder


def a_company() -> Rows:
    """Seven vendors over two years: good, bad, silent, strategic; targets of every state; alerts of every kind."""
    rows: Rows = {
        "kpi_definition": _definitions(),
        "dim_vendor": [
            {
                "vendor_key": key,
                "connection_id": "erp_s4hana",
                "vendor_number": key.partition(":")[2],
                "vendor_name": name,
                "category": "Sensors",
                "is_strategic": number == 0,
                "is_blocked": False,
                "is_deleted": False,
            }
            for number, (key, name) in enumerate(zip(VENDORS, NAMES, strict=True))
        ],
    }
    for adds in (_months, _health, _quarters, _lines, _warnings, _value, _innovation, _service, _data):
        adds(rows)
    return rows


def _definitions() -> list[dict[str, Any]]:
    seed = project_root() / "dbt_project" / "seeds" / "seed_kpi_definition.csv"
    with seed.open(encoding="utf-8", newline="") as content:
        return [dict(row) for row in csv.DictReader(content)]


def _months(rows: Rows) -> None:
    months = [date(2024 + (6 + index) // 12, (6 + index) % 12 + 1, 1) for index in range(25)]
    rows["vendor_month"] = [
        {
            "vendor_key": key,
            "vendor_name": name,
            "category": "Sensors",
            "is_strategic": number == 0,
            "month": month,
            "otd_first_promise": (10 - number - index % 3) / 10,
            "otd_first_promise_n": 10,
            "otd_first_promise_lower": 0.3,
            "otd_first_promise_upper": 0.9,
            "otd_latest_promise": 0.9,
            "otd_latest_promise_n": 10,
            "otd_requested_n": 0,
            "defect_ppm_unit": "KG" if number == 5 else "EA",
            "defect_ppm_received": 1000.0 * number,
            "defect_ppm_received_n": 5000,
            "lot_rejection_rate": 0.1,
            "lot_rejection_rate_n": 20,
            "complaints_within_target_n": 0,
            "tickets_within_target": 0.5,
            "tickets_within_target_n": 4,
            "invoiced_amount": 1000.25 * 10**number,
            "invoiced_amount_n": 12,
        }
        for number, (key, name) in enumerate(zip(VENDORS[:6], NAMES[:6], strict=True))
        for index, month in enumerate(months)
    ]


def _health(rows: Rows) -> None:
    scores = (82.5, 12.0, None, 0.0, 30.0, 55.5, None)
    common = {"category": "Sensors", "score_version": 1, "is_headline": True}
    rows["vendor_quarter_health"] = [
        {
            **common,
            "vendor_key": key,
            "vendor_name": name,
            "quarter": quarter,
            "is_over": True,
            "score": score,
            "score_n": 4,
            "score_lower": None if score is None else max(score - 9, 0),
            "score_upper": None if score is None else min(score + 9, 100),
            "coverage": 0.3 if score is None else 0.8,
            "no_score_reason": "covers 30 % of the weights" if score is None else None,
        }
        for key, name, score in zip(VENDORS, NAMES, scores, strict=True)
        for quarter in (BEFORE, FULL)
    ]
    rows["vendor_quarter_kpi"] = [
        {
            **common,
            "vendor_key": key,
            "vendor_name": name,
            "quarter": FULL,
            "pillar": pillar,
            "metric_id": metric,
            "unit": unit,
            "value": value,
            "value_n": 7,
            "shrunk_value": value * 0.9,
            "shrunk_value_lower": value * 0.8,
            "shrunk_value_upper": value,
            "floor_value": floor,
            "target_value": target,
            "stretch_value": stretch,
            "score": points,
        }
        for key, name, points in zip(VENDORS[:5], NAMES[:5], (90.0, 0.0, 40.0, 71.0, 5.0), strict=True)
        for pillar, metric, unit, value, floor, target, stretch in (
            ("delivery", "otd_first_promise", "share", 0.875, 0.7, 0.95, 0.99),
            ("quality", "defect_ppm", "ppm", 1234.5, 5000.0, 500.0, 50.0),
        )
    ]


def _quarters(rows: Rows) -> None:
    metrics = (
        ("vendor_nps", "vendor_nps", 49.5, 119, 37.7, 61.4, 40.0, "cannot tell"),
        ("savings_reinvested", "savings_reinvested", 0.376, 22, 0.376, 0.376, 0.3, "met"),
        ("joint_kpi_achievement_rate", "joint_kpi_achievement", 0.275, 29, None, None, 0.9, "not met"),
        ("innovation_submissions_total", "innovation_submissions", None, 0, None, None, 3.0, "no source"),
    )
    rows["ecosystem_quarter"] = [
        {
            "quarter": quarter,
            "metric_id": metric,
            "value": value,
            "n": n,
            "lower_bound": low,
            "upper_bound": high,
            "target": target,
            "state": state,
            "definition_id": definition,
            "definition_version": 1,
        }
        for metric, definition, value, n, low, high, target, state in metrics
        for quarter in (BEFORE, FULL, RUNNING)
    ]
    rows["target_warning"] = [
        {
            "signal_key": "t1",
            "rule_id": "target_at_risk",
            "severity": "alert",
            "metric_id": "joint_kpi_achievement_rate",
            "metric_name": "Joint KPI achievement rate",
            "owner": "Head of Procurement",
            "quarter": RUNNING,
            "days_left": 88,
            "signal_state": "active",
            "is_muted": False,
            "evidence": "27.5 % so far (n 29), target 90.0 %.",
        }
    ]


def _lines(rows: Rows) -> None:
    rows["fct_schedule_line"] = [
        {
            "schedule_line_key": f"erp_s4hana:{number}/10/1",
            "vendor_key": VENDORS[number % 5],
            "vendor_name": NAMES[number % 5],
            "purchase_order": str(4500000000 + number),
            "purchase_order_line": "10",
            "schedule_line": "1",
            "material_text": "Pressure <b>sensor</b>",
            "first_promise_date": FULL + timedelta(days=number),
            "latest_promise_date": FULL + timedelta(days=number + 2),
            "state": "overdue" if number % 4 == 0 else "delivered_late",
            "slip_days": None if number % 4 == 0 else number % 12 - 4,
            "is_vendor_performance": True,
            "open_value": 1000.5 if number % 4 == 0 else 0.0,
            "currency": "EUR" if number % 8 else "USD",
        }
        for number in range(60)
    ]


def _warnings(rows: Rows) -> None:
    rows["vendor_warning"] = [
        {
            "signal_key": f"w{number}",
            "rule_id": "delivery_slip",
            "kpi_family": "delivery",
            "severity": "alert" if number < 3 else "watch",
            "vendor_key": VENDORS[number % 4],
            "vendor_name": NAMES[number % 4],
            "category": "Sensors",
            "is_strategic": number == 0,
            "signal_state": "cleared" if number == 6 else "active",
            "started_at": datetime(2026, 6, 20),
            "likely_since_date": date(2026, 6, 1),
            "unit": "share",
            "observed": 0.368,
            "observed_count": 7,
            "observed_of": 19,
            "expected": 0.09,
            "statistic": 3.7 - number / 10,
            "threshold": 2.9,
            "is_muted": number == 5,
            "mute_reason": "The feed purchase_order of erp_s4hana is stale" if number == 5 else None,
            "evidence": "7 of 19 orders are late since 2026-06-01, where 9 % are usual.",
        }
        for number in range(7)
    ]
    rows["early_warning"] = [
        {
            "signal_key": f"e{number}",
            "rule_id": "overdue",
            "kpi_family": "delivery",
            "severity": "alert" if number % 2 else "watch",
            "vendor_key": VENDORS[number],
            "vendor_name": NAMES[number],
            "purchase_order": str(4500000000 + number),
            "purchase_order_line": "10",
            "schedule_line": "1",
            "material_text": "Pressure sensor",
            "signal_state": "active",
            "started_at": datetime(2026, 6, 20),
            "latest_promise_date": date(2026, 6, 18),
            "days_late": 15 + number,
            "open_value": 4810.4,
            "currency": "USD",
            "is_muted": number == 4,
            "evidence": "Promised for 2026-06-18 and not delivered in full 15 days later.",
        }
        for number in range(5)
    ]


def _value(rows: Rows) -> None:
    rows["price_variance"] = [
        {
            "price_variance_key": f"{key}/{baseline}/{quarter}",
            "vendor_key": key,
            "material": f"M{number}",
            "quarter": quarter,
            "baseline": baseline,
            "is_quarter_over": quarter != RUNNING,
            "invoice_lines": 12,
            "compared_lines": 10,
            "outlier_lines": 0,
            "actual_amount": 10200,
            "baseline_amount": 10000,
            "price_variance": 200 if number else -50,
            "fx_variance": 5,
            "volume_variance": 7,
            "mix_variance": -2,
            "cost_variance": 210 if number else -40,
            "price_variance_without_outliers": 200 if number else -50,
            "price_variance_share": 0.02 if number else -0.005,
        }
        for number, key in enumerate(VENDORS[:3])
        for baseline in ("contract", "standard")
        for quarter in (BEFORE, FULL, RUNNING)
    ]
    rows["reinvestment_quarter"] = [
        {
            "quarter": quarter,
            "validated_amount": 100000.5,
            "validated_savings": 4,
            "committed_amount": 30000.0,
            "reinvested_amount": 25000.25,
            "bonus_amount": 0.0,
            "unknown_amounts": 0,
            "savings_reinvested": 0.376,
            "savings_reinvested_n": 22,
            "company_currency": "USD",
        }
        for quarter in (BEFORE, FULL, RUNNING)
    ]
    rows["reinvestment_pool"] = [
        {
            "pool": "Innovation pool",
            "entry_key": f"p{number}",
            "entry_type": "saving",
            "booked_on": date(2026, 5, 1 + number),
            "balance": 100.5 * number,
            "open_commitment": 10.0,
            "reinvested_to_date": 40.0,
            "company_currency": "USD",
        }
        for number in range(3)
    ]
    rows["fct_saving"] = [
        {
            "saving_key": f"s{number}",
            "saving": f"SV-{number}",
            "vendor_key": VENDORS[number],
            "title": "Other packaging",
            "kind": "avoidance" if number == 2 else "saving",
            "stage": "validated",
            "identified_on": date(2026, 5, 5),
            "identified_amount": 1200.5,
            "identified_company_amount": 1300.5,
            "validated_amount": 900.0,
            "currency": "EUR",
        }
        for number in range(3)
    ]
    rows["value_share_quarter"] = [
        {
            "agreement_key": "a1",
            "agreement": "VA-1",
            "vendor_key": VENDORS[0],
            "quarter": FULL,
            "standing_saving": 900.0,
            "payable_amount": 90.0,
            "quality_gate": "pass",
            "delivery_gate_result": "no gate",
            "state": "payable",
            "currency": "EUR",
        }
    ]


def _innovation(rows: Rows) -> None:
    stages = ("submitted", "triaged", "actionable", "piloted", "adopted", "value_realised")
    rows["innovation_funnel"] = [
        {
            "scope": "ecosystem",
            "quarter": quarter,
            **{stage: 6 - number for number, stage in enumerate(stages)},
            **{f"{stage}_share": (6 - number) / 6 for number, stage in enumerate(stages) if number},
            **{f"{stage}_share_lower": 0.1 for stage in stages[1:]},
            **{f"{stage}_share_upper": 0.95 for stage in stages[1:]},
            "feedback_in_time": 0.4,
            "feedback_in_time_n": 5,
            "feedback_in_time_lower": 0.12,
            "feedback_in_time_upper": 0.77,
        }
        for quarter in (BEFORE, FULL)
    ]
    rows["fct_proposal"] = [
        {
            "proposal_key": f"i{number}",
            "proposal": f"IP-{number}",
            "vendor_key": VENDORS[0],
            "title": "Lighter box",
            "status": "Submitted",
            "submitted_date": date(2026, 6, 1),
            "quarter": FULL,
            "is_repeat": number == 1,
            "is_actionable": True,
            "is_triaged": False,
            "is_waiting": True,
            "waiting_days": 32,
            "benefit_estimate": 40000.0,
            "currency": "EUR",
        }
        for number in range(2)
    ]
    rows["pilot_scorecard"] = [
        {
            "pilot_key": "p1",
            "pilot": "PI-1",
            "vendor_key": VENDORS[0],
            "title": "Reusable cold boxes",
            "status": "Completed",
            "start_date": date(2026, 1, 10),
            "end_date": date(2026, 4, 10),
            "outcome": "Adopted",
            "criteria": 5,
            "criteria_scored": 4,
            "criteria_refused": 1,
            "score": 0.753,
            "lesson_learned": "Certificates were the bottleneck",
        }
    ]


def _service(rows: Rows) -> None:
    rows["fct_service_ticket"] = [
        {
            "ticket_key": f"sla:{number}",
            "ticket": f"INC{number:07}",
            "vendor_key": VENDORS[0] if number else None,
            "vendor_name": NAMES[0] if number else None,
            "priority": "2",
            "category": "hardware",
            "opened_at": datetime(2026, 7, 1, number),
            "resolution_state": "breached" if number else "running",
            "is_open": True,
        }
        for number in range(2)
    ]
    rows["fct_availability"] = [
        {
            "configuration_item_key": f"ci{number}",
            "vendor_key": VENDORS[0],
            "month": FULL,
            "scheduled_hours": 720.0,
            "planned_hours": 20.0,
            "unplanned_hours": 7.0 * number,
            "availability": 1 - 0.01 * number,
        }
        for number in range(2)
    ]
    rows["fct_quality_notification"] = [
        {
            "quality_notification_key": "n1",
            "quality_notification": "200000001",
            "vendor_key": VENDORS[1],
            "material": "4711",
            "priority": "1",
            "reported_at": datetime(2026, 7, 1, 8),
            "is_complaint": True,
            "is_open": True,
            "is_withdrawn": False,
            "open_hours": 58.0,
        }
    ]
    rows["fct_contract_renewal"] = [
        {
            "renewal_key": "r1",
            "renewal": "R-1",
            "vendor_key": VENDORS[0],
            "contract_number": "46000001",
            "due_date": date(2026, 6, 1),
            "state": "overdue",
            "annual_value": 120000.0,
            "currency": "EUR",
        }
    ]


def _data(rows: Rows) -> None:
    rows["feed_status"] = [
        {
            "system": system,
            "kind": kind,
            "connection_id": connection,
            "entity": entity,
            "last_complete_at": datetime(2026, 7, 3, 18),
            "stale_after_hours": 36.0,
            "is_stale": entity == "incident",
            "landed_rows": 1000,
            "quarantined_rows": 2,
            "checked_rows": 400,
            "doubtful_rows": 3,
        }
        for system, kind, connection, entity in (
            ("sap_s4hana", "erp", "erp_s4hana", "purchase_order"),
            ("salesforce", "crm", "crm_salesforce", "account"),
            ("servicenow", "sla_portal", "sla_servicenow", "incident"),
        )
    ]
    rows["data_trust"] = [
        {
            "trust_key": "erp_s4hana:purchase_order:*",
            "connection_id": "erp_s4hana",
            "entity": "purchase_order",
            "checked_rows": 400,
            "doubtful_rows": 3,
            "doubtful_share": 0.0075,
            "exact_slip": 0.6,
            "exact_slip_n": 90,
            "exact_slip_lower": 0.5,
            "exact_slip_upper": 0.7,
        }
    ]
    rows["vendor_crosswalk_exception"] = [
        {
            "kind": "sla_portal",
            "connection_id": "sla_servicenow",
            "external_id": "02bb",
            "external_name": "COBALT <i>CHEMIE</i>",
            "reason": "ambiguous",
            "vendors_found": 2,
            "affected_rows": 6,
        }
    ]
    rows["restatement"] = [
        {
            "restatement_key": "r1",
            "mart": "vendor_month",
            "metric_id": "otd_first_promise",
            "vendor_key": VENDORS[0],
            "vendor_name": NAMES[0],
            "period_kind": "month",
            "period": date(2026, 5, 1),
            "from_value": 0.9,
            "to_value": 0.8,
            "from_n": 9,
            "to_n": 10,
            "definition_id": "otd_first_promise",
            "from_definition_version": 1,
            "to_definition_version": 1,
            "published_at": datetime(2026, 7, 3, 18),
            "period_was_running": False,
            "reason": "late_document",
        }
    ]
