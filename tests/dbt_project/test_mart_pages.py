"""Every number of a mart explains itself, and the page that lists the marts says what the project says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from warehouse.mart_pages import DEFINITIONS, PAGE, definitions, key, marts, meta, page

ROOT = Path(__file__).resolve().parents[2]
UNIT = re.compile(
    r"days|hours|share|ppm|points|lines|date|instant \(UTC\)|text|key|flag|count|unit of its definition|as \w+ says"
    r"|pieces\(\w+ unit\)|money\(\w+ currency\)"
)


@pytest.fixture(scope="module")
def manifest(dbt: Any) -> Any:
    dbt.seeded()
    return dbt.manifest


@pytest.fixture(scope="module")
def columns(manifest: Any) -> dict[str, Any]:
    found = {f"{mart.name}.{name}": column for mart in marts(manifest) for name, column in mart.columns.items()}
    assert len(found) >= 200
    return found


def test_the_page_of_the_marts_is_current(manifest):
    written = (ROOT / PAGE).read_text(encoding="utf-8")
    assert written == page(manifest, definitions(ROOT / DEFINITIONS)), "run make docs-marts"


def test_each_mart_has_a_key_that_a_test_holds(manifest):
    assert len(marts(manifest)) >= 10
    assert [mart.name for mart in marts(manifest) if not key(manifest, mart)] == []


def test_each_column_that_names_a_vendor_refers_to_the_vendors(manifest):
    named = {
        f"{mart.name}.vendor_key": meta(mart.columns["vendor_key"]).get("references")
        for mart in marts(manifest)
        if "vendor_key" in mart.columns and mart.name != "dim_vendor"
    }
    assert len(named) >= 30
    assert set(named.values()) == {"dim_vendor"}


def test_each_column_has_a_unit_and_an_example(columns):
    units = {name: str(meta(column).get("unit")) for name, column in columns.items()}
    assert {name: unit for name, unit in units.items() if not UNIT.fullmatch(unit)} == {}
    assert [name for name, column in columns.items() if str(meta(column).get("example", "")) == ""] == []


def test_each_definition_that_a_column_names_exists(columns):
    defined = definitions(ROOT / DEFINITIONS)
    named = {name: meta(column)["definition"] for name, column in columns.items() if "definition" in meta(column)}
    assert set(named) == set(columns)
    assert {name: definition for name, definition in named.items() if definition and definition not in defined} == {}


def test_each_estimate_names_its_definition(columns):
    estimates = {name.removesuffix("_lower") for name in columns if name.endswith("_lower")} & set(columns)
    assert len(estimates) >= 6
    assert [name for name in sorted(estimates) if not meta(columns[name]).get("definition")] == []


def test_the_project_page_of_dbt_is_built(dbt, manifest, tmp_path, monkeypatch):
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    monkeypatch.setenv("ECOSYSTEM_WAREHOUSE", str(dbt.seeded()))
    project = str(ROOT / "dbt_project")
    options = ["--project-dir", project, "--profiles-dir", project, "--target-path", str(tmp_path), "--quiet"]
    try:
        outcome = dbtRunner(manifest=manifest).invoke(
            ["docs", "generate", "--no-compile", "--log-path", str(tmp_path), *options]
        )
    finally:
        DuckDBConnectionManager.close_all_connections()
    assert outcome.success, outcome.exception
    assert (tmp_path / "index.html").stat().st_size > 100_000
    catalog = json.loads((tmp_path / "catalog.json").read_text(encoding="utf-8"))
    assert "seed.vendor_ecosystem.seed_kpi_definition" in catalog["nodes"]
