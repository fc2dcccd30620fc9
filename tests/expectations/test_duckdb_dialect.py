"""Each expectation class that a suite uses, on DuckDB: it finds exactly the rows that break it, and nothing else."""

from pathlib import Path

import duckdb
import pytest

from config.gate import GateSettings
from expectations.check import Suite, between, no_rows, not_after, row_count
from expectations.run_suites import run_suites
from expectations.suites import all_suites

pytestmark = pytest.mark.filterwarnings("ignore:`schema_name` is deprecated:DeprecationWarning")

TABLE = """
create schema marts;
create table marts.sample as
select
    'key ' || number as key, number % 2 as pair, number / 10.0::double as share, number::decimal(18, 3) as amount,
    case number when 3 then null else date '2026-01-01' + number::integer end as day, timestamp '2026-01-01' as instant,
    case number when 9 then 'odd' else 'even' end as state, ['a'] as list, true as flag, number::integer as small
from range(10) as numbers (number)
"""

# (holds, is broken, rows that break it, an example)
CASES = {
    "ExpectTableRowCountToBeBetween": (row_count(10), row_count(11), 10, None),
    "ExpectColumnValuesToBeBetween": (between("share", 0, 0.9), between("share", 0, 0.75), 2, "key 8"),
    "ExpectColumnPairValuesAToBeGreaterThanB": (not_after("share", "amount"), not_after("amount", "share"), 9, "key 1"),
    "UnexpectedRowsExpectation": (
        no_rows("none", "no day is missing twice", "select key from {batch} where day is null and pair = 0"),
        no_rows("one", "no day is missing", "select key, day from {batch} where day is null"),
        1,
        "key 3",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("dialect") / "sample.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(TABLE)
    return file


def test_every_class_that_the_suites_use_has_a_case() -> None:
    used = {check.expectation for suite in all_suites(GateSettings(), {}) for check in suite.checks}
    assert used
    assert used | {row_count(1).expectation} == set(CASES)


@pytest.mark.parametrize("expectation", CASES)
def test_it_finds_the_rows_that_break_it(file: Path, expectation: str) -> None:
    holds, is_broken, count, example = CASES[expectation]
    ((outcome, finding),) = run_suites(file, [Suite("sample", ("key",), (holds,))])
    assert (outcome.expectation, outcome.succeeded, outcome.error, finding) == (expectation, True, None, None)
    ((outcome, finding),) = run_suites(file, [Suite("sample", ("key",), (is_broken,))])
    assert finding is not None
    assert (outcome.succeeded, outcome.error) == (False, None)
    assert finding.observed_count == count
    if example:
        assert finding.examples[0]["key"] == example


def test_a_check_that_cannot_run_leaves_the_others_alone(file: Path) -> None:
    checks = (between("no_such_column", 0, 1), between("share", 0, 1))
    outcomes = [outcome for outcome, _ in run_suites(file, [Suite("sample", ("key",), checks)])]
    assert [outcome.succeeded for outcome in outcomes] == [False, True]
    assert "no_such_column" in str(outcomes[0].error)
    assert outcomes[0].severity == "critical"
