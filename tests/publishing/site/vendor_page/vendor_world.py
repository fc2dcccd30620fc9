"""A small publication with every mart, its columns those of the marts' contracts, and few rows of few vendors."""

import json
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml

from ecosystem.paths import project_root

BUILD_ID = "20260703T180000Z-0123456789ab"
QUARTER, MONTH = date(2026, 4, 1), date(2026, 6, 1)
STEEL = [f"erp:{number}" for number in range(1, 8)]
HOSTILE, SILENT = "erp:8", "erp:9"
HOSTILE_NAME = "<script>alert(1)</script> & \"Sons\"\n'Ltd' \u202egnp.exe"
KEYS = [*STEEL, HOSTILE, SILENT]


class World:
    """A publication that tests write rows into before pages are made from it; close it before it is read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "ecosystem.duckdb"
        self._connection: duckdb.DuckDBPyConnection | None = None
        self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))

    @classmethod
    def empty(cls, folder: Path) -> "World":
        """Every mart without a row."""
        folder.mkdir(parents=True)
        marts = {}
        with duckdb.connect(str(folder / "ecosystem.duckdb")) as connection:
            for name, columns in _contracts().items():
                connection.execute(f"create table {name} ({', '.join(f'{c} {t}' for c, t, _ in columns)})")
                described = [{"name": column, "type": type_, "unit": unit} for column, type_, unit in columns]
                marts[name] = {"columns": described, "is_stale": False, "stale_feeds": []}
        manifest = {
            "build_id": BUILD_ID,
            "as_of": "2026-07-03T18:00:00Z",
            "marts": marts,
            "duckdb": {"file": "ecosystem.duckdb"},
        }
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return cls(folder)

    @classmethod
    def copy(cls, of: Path, folder: Path) -> "World":
        """Another's rows, to be changed."""
        shutil.copytree(of, folder)
        return cls(folder)

    def write_manifest(self) -> None:
        (self.folder / "manifest.json").write_text(json.dumps(self.manifest), encoding="utf-8")

    def add(self, mart: str, **values: Any) -> None:
        """One row; columns that are not named are null."""
        marks = ", ".join("?" for _ in values)
        self.run(f"insert into {mart} ({', '.join(values)}) values ({marks})", list(values.values()))

    def run(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        if self._connection is None:
            self._connection = duckdb.connect(str(self._file))
        return self._connection.execute(sql, parameters or []).fetchall()

    def close(self) -> Path:
        """The folder, for a reader."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return self.folder


def _contracts() -> dict[str, list[tuple[str, str, str]]]:
    """Name, type and unit of the columns of each mart."""
    found = {}
    for file in sorted((project_root() / "dbt_project" / "models" / "marts").glob("*/_*.yml")):
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models") or []:
            columns = [(c["name"], c["data_type"], c["config"]["meta"]["unit"]) for c in model["columns"]]
            found[model["name"]] = columns
    return found


def fill(world: World) -> None:
    """Seven vendors of steel with figures, one of paper with a hostile name, one of whom nothing is known."""
    for number, key in enumerate(KEYS, start=1):
        name = HOSTILE_NAME if key == HOSTILE else f"Vendor {number} Name"
        category = "Steel" if key in STEEL else "Paper"
        world.add(
            "dim_vendor",
            vendor_key=key,
            vendor_name=name,
            vendor_number=f"100{number}",
            category=category,
            segment="Leverage",
            is_strategic=number == 1,
            is_blocked=False,
        )
        if key != SILENT:
            _figures(world, number, key, name, category)
            _documents(world, number, key, name, category)


def _figures(world: World, number: int, key: str, name: str, category: str) -> None:
    who = {"vendor_key": key, "vendor_name": name, "category": category}
    for quarter, value in ((date(2026, 1, 1), 0.9), (QUARTER, 0.8 + number / 100)):
        world.add(
            "vendor_quarter_kpi",
            **who,
            quarter=quarter,
            score_version=1,
            is_headline=True,
            pillar="delivery",
            metric_id="otd_first_promise",
            unit="share",
            value=value,
            value_n=40 + number,
            shrunk_value=value,
            shrunk_value_lower=value - 0.05,
            shrunk_value_upper=value + 0.05,
            floor_value=0.7,
            target_value=0.95,
            stretch_value=0.99,
            score=30.0 + number,
        )
        world.add(
            "vendor_quarter_health",
            **who,
            quarter=quarter,
            score_version=1,
            is_headline=True,
            is_over=True,
            score=50.0 + number,
            score_n=1,
            score_lower=40.0,
            score_upper=60.0,
        )
    for month in (date(2026, 4, 1), MONTH):
        world.add(
            "vendor_month",
            **who,
            month=month,
            otd_first_promise=0.8 + number / 100,
            otd_first_promise_n=20 + number,
            otd_first_promise_lower=0.7,
            otd_first_promise_upper=0.95,
            slip_n=1,
        )
    world.add(
        "lead_time",
        lead_time_key=f"{key}/all",
        vendor_key=key,
        vendor_name=name,
        cohort="all",
        cohort_start=date(1900, 1, 1),
        lines=4,
        delivered_lines=2,
        open_lines=1,
        cancelled_lines=1,
        lead_time_p50=20.0,
        lead_time_p50_n=4,
        lead_time_p50_lower=10.0,
        horizon_days=180,
    )


def _documents(world: World, number: int, key: str, name: str, category: str) -> None:
    line = {
        "vendor_key": key,
        "vendor_name": name,
        "purchase_order_line": "10",
        "schedule_line": "1",
        "is_vendor_performance": True,
        "order_date": date(2026, 5, 1),
        "lead_time_from": date(2026, 5, 1),
        "currency": "EUR",
    }
    for index, (state, in_full, slip) in enumerate(
        (
            ("delivered_on_time", date(2026, 5, 11), 0),
            ("delivered_late", date(2026, 5, 21), 10),
            ("overdue", None, None),
            ("cancelled", None, None),
        )
    ):
        world.add(
            "fct_schedule_line",
            **line,
            schedule_line_key=f"{key}/{index}",
            purchase_order=f"45{number:02d}{index}",
            material_text="=cmd|' /C calc'!A0" if key == HOSTILE else f"Part of {number}",
            state=state,
            first_promise_date=date(2026, 5, 11),
            in_full_date=in_full,
            slip_days=slip,
            cancelled_at=datetime(2026, 5, 6, 8) if state == "cancelled" else None,
        )
    who = {"vendor_key": key, "vendor_name": name}
    world.add(
        "early_warning",
        **who,
        signal_key=f"line-{number}",
        rule_id="overdue",
        severity="alert",
        category=category,
        purchase_order=f"45{number:02d}2",
        purchase_order_line="10",
        schedule_line="1",
        material_text=f"Part of {number}",
        signal_state="active",
        started_at=datetime(2026, 5, 14),
        days_late=53,
        open_value=1000.0 + number,
        currency="EUR",
        is_muted=False,
    )
    for rule_id, family in (("delivery_slip", "delivery"), ("relationship_drop", "relationship")):
        world.add(
            "vendor_warning",
            **who,
            signal_key=f"{rule_id}-{number}",
            rule_id=rule_id,
            kpi_family=family,
            severity="alert",
            signal_state="active",
            started_at=datetime(2026, 6, 1),
            is_muted=False,
            evidence=f"Secret sentence {number}",
        )
        world.add(
            "vendor_warning_evidence",
            vendor_warning_evidence_key=f"{rule_id}-{number}-1",
            signal_key=f"{rule_id}-{number}",
            vendor_key=key,
            evidence_rank=1,
            document_kind="purchase_order",
            document=f"45{number:02d}1",
            finding="In full 10 days late",
        )
    world.add(
        "fct_service_ticket",
        **who,
        ticket_key=f"ticket-{number}",
        ticket=f"INC{number}",
        is_open=True,
        is_cancelled=False,
        opened_at=datetime(2026, 7, 1, 9),
    )
    world.add(
        "price_variance",
        price_variance_key=f"{key}/pv",
        vendor_key=key,
        material=f"M{number}",
        quarter=QUARTER,
        baseline="contract",
        compared_lines=3,
        price_variance=100 * number,
    )
    world.add("fct_proposal", proposal_key=f"p{number}", vendor_key=key, title=f"Idea {number}", status="New")
    world.add("fct_saving", saving_key=f"s{number}", vendor_key=key, title=f"Saving {number}", stage="identified")
    if key == STEEL[0]:
        for definition in ("otd_first_promise", "vendor_health", "slip_days", "lead_time", "stakeholder_nps"):
            world.add(
                "kpi_definition",
                definition_id=definition,
                definition_version=1,
                name=f"Name of {definition}",
                unit="share",
                grain="g",
                formula="f",
                population="p",
                caveat="c",
                owner="Head of Secrets",
                valid_from=date(2020, 1, 1),
            )
