"""Suites cover every mart, and check nothing that dbt checks already."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from config.gate import GateSettings
from ecosystem.paths import project_root
from expectations.suites import all_suites

SUITES = all_suites(GateSettings(), {})
MARTS = project_root() / "dbt_project" / "models" / "marts"


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
def test_no_check_is_written_twice(suite) -> None:
    """dbt guards keys and accepted values inside the warehouse; the gate does not repeat it."""
    unique, accepted = _checked_by_dbt(suite.table)
    for check in suite.checks:
        if check.expectation == "ExpectCompoundColumnsToBeUnique":
            assert tuple(check.arguments["column_list"]) not in unique, check.name
        if check.expectation == "ExpectColumnValuesToBeInSet":
            assert check.arguments["column"] not in accepted, check.name


def _checked_by_dbt(table: str) -> tuple[set[tuple[str, ...]], set[str]]:
    unique: set[tuple[str, ...]] = set()
    accepted: set[str] = set()
    for file in MARTS.rglob("*.yml"):
        for model in _models(file):
            for column in model.get("columns", []) if model["name"] == table else []:
                for test in column.get("data_tests", []):
                    name = test if isinstance(test, str) else next(iter(test))
                    if name == "unique":
                        unique.add((column["name"],))
                    if name == "accepted_values":
                        accepted.add(column["name"])
    return unique, accepted


def _models(file: Path) -> list[dict]:
    return yaml.safe_load(file.read_text(encoding="utf-8")).get("models", [])
