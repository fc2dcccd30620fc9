"""What the gate found, in words and rows that say what to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from expectations.check import Check, Severity, Suite

EXAMPLES = 20


@dataclass(frozen=True)
class Outcome:
    """How one check ended. ``error`` says why it could not run; such a check has not succeeded."""

    table: str
    check: str
    expectation: str
    severity: Severity
    succeeded: bool
    observed: int | float | str | None
    error: str | None


@dataclass(frozen=True)
class Finding:
    """A check that did not succeed.

    Attributes:
        check: the rule's name in the suite.
        observed_count: rows that break it (for a row count: rows there are); None for a check that could not run.
        examples: at most 20 such rows, by key and checked column.
        sentence: all of it for a reader.
    """

    table: str
    check: str
    expectation: str
    severity: Severity
    observed_count: int | None
    examples: tuple[Mapping[str, Any], ...]
    sentence: str


def broken(suite: Suite, check: Check, observed: int, rows: Sequence[Mapping[str, Any]]) -> Finding:
    """The rule does not hold for ``observed`` rows."""
    examples = tuple({name: plain(value) for name, value in row.items()} for row in rows[:EXAMPLES])
    rows_found = "1 row" if observed == 1 else f"{observed} rows"
    count = f"it has {rows_found}" if check.name == "row_count" else f"{rows_found} against it"
    shown = f", such as {_as_text(examples[0])}" if examples else ""
    sentence = f"{suite.table}: '{check.rule}' does not hold ({check.expectation} {check.name}): {count}{shown}."
    return Finding(suite.table, check.name, check.expectation, check.severity, observed, examples, sentence)


def could_not_run(suite: Suite, check: Check, reason: str) -> Finding:
    """The check gave no answer; whatever its severity, that blocks."""
    sentence = (
        f"{suite.table}: whether '{check.rule}' holds is unknown because the check {check.name} ({check.expectation}) "
        f"could not run: {reason}."
    )
    return Finding(suite.table, check.name, check.expectation, "critical", None, (), sentence)


def plain(value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _as_text(example: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in example.items())
