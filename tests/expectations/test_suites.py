"""Suites cover every mart, and check nothing that dbt checks already."""

from collections import Counter
from functools import cache

import pytest
import yaml

from config.gate import GateSettings
from ecosystem.paths import project_root
from expectations.check import Suite
from expectations.suites import all_suites

SUITES = all_suites(GateSettings(), {})
MARTS = project_root() / "dbt_project" / "models" / "marts"
OF_DBT = {
    "ExpectColumnValuesToBeUnique",
    "ExpectCompoundColumnsToBeUnique",
    "ExpectColumnValuesToNotBeNull",
    "ExpectColumnValuesToBeInSet",
}


def test_every_mart_has_one_suite() -> None:
    marts = sorted(path.stem for path in MARTS.rglob("*.sql"))
    assert marts
    assert sorted(suite.table for suite in SUITES) == marts


def test_check_names_are_unique_within_a_suite() -> None:
    for suite in SUITES:
        names = Counter(check.name for check in suite.checks)
        assert names
        assert set(names.values()) == {1}, suite.table


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.table)
def test_no_check_is_written_twice(suite: Suite) -> None:
    """dbt guards keys, references and accepted values inside the warehouse; the gate does not repeat it."""
    guarded = {column for column, test in _column_tests(suite.table) if test == "relationships"}
    for check in suite.checks:
        assert check.expectation not in OF_DBT, check.name
        if check.name == "vendor_is_known":
            assert "vendor_key" not in guarded, check.name


def test_dbt_guards_what_the_gate_leaves_to_it() -> None:
    """Each mart has a test that its rows are told apart by a key."""
    for suite in SUITES:
        tests = {test for _, test in _column_tests(suite.table)} | set(
            _names(_model(suite.table).get("data_tests", []))
        )
        assert tests & {"unique", "one_row_per"}, suite.table


def _column_tests(table: str) -> list[tuple[str, str]]:
    columns = _model(table)["columns"]
    assert columns
    return [(column["name"], test) for column in columns for test in _names(column.get("data_tests", []))]


def _names(tests: list[str | dict]) -> list[str]:
    return [test if isinstance(test, str) else next(iter(test)) for test in tests]


def _model(table: str) -> dict:
    models = [model for model in _models() if model["name"] == table]
    assert len(models) == 1
    return models[0]


@cache
def _models() -> list[dict]:
    """Every mart as its YAML describes it; read once, because parsing all of it takes a second."""
    return [
        model
        for file in MARTS.rglob("*.yml")
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", [])
    ]
