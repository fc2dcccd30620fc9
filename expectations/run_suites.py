"""Runs suites with Great Expectations over one read-only connection to a DuckDB file."""

import atexit
import functools
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from expectations.check import Check, Suite
from expectations.findings import EXAMPLES, Finding, Outcome, broken, could_not_run, plain

_BREAK = "the gate has no result for it"


def run_suites(
    file: Path, suites: Sequence[Suite], on_result: Callable[[Suite, Any], None] | None = None
) -> list[tuple[Outcome, Finding | None]]:
    """One outcome for each check of each suite, with a finding where it did not succeed.

    ``on_result`` gets Great Expectations' own result of each suite that ran.

    Fails closed: a check that raised, or that Great Expectations returned no result for, has not succeeded.
    """
    # Its import logs some 200 lines at INFO and takes seconds, so it happens here and not at the top.
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    import great_expectations
    from great_expectations.data_context.types.base import ProgressBarsConfig

    from expectations.duckdb_dialect import connection_string, engine_options

    _quiet_at_exit()
    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_sql(
        "warehouse", connection_string=connection_string(file), create_temp_table=False, kwargs=engine_options()
    )
    try:
        return [outcome for suite in suites for outcome in _run_suite(source, suite, on_result)]
    finally:
        source.get_engine().dispose()
        source.get_execution_engine().engine.dispose()


@functools.cache
def _quiet_at_exit() -> None:
    """Drop what is written to standard error after the program's last words.

    Once Great Expectations and duckdb_engine are both imported (1.24, 0.17), DuckDB's module outlives the interpreter
    and reports some 50 lines of harmless "leaked" types from C when the process ends.
    """
    atexit.register(lambda: os.dup2(os.open(os.devnull, os.O_WRONLY), 2))


def _run_suite(
    source: Any, suite: Suite, on_result: Callable[[Suite, Any], None] | None
) -> list[tuple[Outcome, Finding | None]]:
    from great_expectations import ExpectationSuite, expectations

    try:
        asset = source.add_table_asset(suite.table, table_name=suite.table, schema_name=suite.schema)
        batch = asset.add_batch_definition_whole_table(suite.table).get_batch()
        checks = [
            getattr(expectations, check.expectation)(
                **check.arguments, severity=check.severity, meta={"check": check.name}
            )
            for check in suite.checks
        ]
        result = batch.validate(
            ExpectationSuite(suite.table, expectations=checks),
            result_format={
                "result_format": "COMPLETE",
                "partial_unexpected_count": EXAMPLES,
                "unexpected_index_column_names": list(suite.key),
            },
        )
    except Exception as error:  # whatever broke, the checks gave no answer, and that is their outcome
        return [_outcome(suite, check, None, _first_line(error)) for check in suite.checks]
    if on_result:
        on_result(suite, result)
    # Results come regrouped by column; the name that went in with each expectation says which it is.
    results = {entry.expectation_config.meta["check"]: entry for entry in result.results}
    return [_outcome(suite, check, results.get(check.name), _error(results.get(check.name))) for check in suite.checks]


def _outcome(suite: Suite, check: Check, entry: Any, error: str | None) -> tuple[Outcome, Finding | None]:
    if error:
        finding = could_not_run(suite, check, error)
        return Outcome(suite.table, check.name, check.expectation, "critical", False, None, error), finding
    observed = _observed(entry.result)
    # Quantile expectations return a numpy.bool, which neither JSON nor `is True` takes for a bool.
    succeeded = bool(entry.success)
    outcome = Outcome(suite.table, check.name, check.expectation, check.severity, succeeded, plain(observed), None)
    return outcome, None if succeeded else broken(suite, check, int(observed), _rows(entry.result))


def _error(entry: Any) -> str | None:
    """Why the check could not run; None when it could. One exception, or one for each metric it needed."""
    if entry is None:
        return _BREAK
    info: Mapping[str, Any] = entry.exception_info or {}
    exceptions = [info] if "raised_exception" in info else list(info.values())
    raised = [exception for exception in exceptions if exception["raised_exception"]]
    if raised:
        return _first_line(raised[0]["exception_message"])
    return None if entry.success or _observed(entry.result) is not None else _BREAK


def _observed(result: Mapping[str, Any]) -> Any:
    """Rows that break the rule; of a row count, the rows there are."""
    return result.get("unexpected_count", result.get("observed_value"))


def _rows(result: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found = result.get("unexpected_index_list") or result.get("details", {}).get("unexpected_rows")
    return found or [entry for entry in result.get("partial_unexpected_list", []) if isinstance(entry, Mapping)]


def _first_line(error: object) -> str:
    text = str(error).strip()
    return text.splitlines()[0].rstrip(".! ") if text else type(error).__name__
