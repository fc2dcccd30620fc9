"""Checks as data: what must hold in a mart, how bad it is when it does not, and which expectation looks.

Nothing here imports Great Expectations: it costs seconds, and a suite is readable without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Check:
    """One rule of a table.

    Attributes:
        name: unique within the suite.
        rule: what must hold, as a clause without a full stop.
        expectation: a class of ``great_expectations.expectations``.
        arguments: of that class; SQL names the table as ``{batch}``.
        severity: ``critical`` blocks, ``warning`` is published with a mark, ``info`` is recorded.
    """

    name: str
    rule: str
    expectation: str
    arguments: Mapping[str, Any]
    severity: Severity = "critical"


@dataclass(frozen=True)
class Suite:
    """The checks of one table.

    Attributes:
        key: columns that identify a row in a finding; never personal data.
        fed_by: landed entities; the table must have rows as soon as one of them landed any. Empty: it must always have
        rows. may_be_empty: no rows is a normal state of the table.
        schema: where the table lives in the warehouse file.
    """

    table: str
    key: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    fed_by: tuple[str, ...] = ()
    may_be_empty: bool = False
    schema: str = field(default="marts")


def row_count(minimum: int) -> Check:
    """The table has at least ``minimum`` rows. Every suite has this one: an empty table passes all others."""
    rule = f"it has at least {minimum} row" if minimum else "its rows can be counted"
    return Check("row_count", rule, "ExpectTableRowCountToBeBetween", {"min_value": minimum})


def between(column: str, minimum: float | None, maximum: float | None, severity: Severity = "critical") -> Check:
    """``column`` is null or within the bounds, both included; None is no bound."""
    bounds = [f"at least {minimum}"] if minimum is not None else []
    bounds += [f"at most {maximum}"] if maximum is not None else []
    return Check(
        f"{column}_in_range",
        f"{column} is {' and '.join(bounds)}",
        "ExpectColumnValuesToBeBetween",
        {"column": column, "min_value": minimum, "max_value": maximum},
        severity,
    )


def not_after(earlier: str, later: str, severity: Severity = "critical") -> Check:
    """``earlier`` is not above ``later`` where both are known."""
    return Check(
        f"{earlier}_not_above_{later}",
        f"{earlier} is not above {later}",
        "ExpectColumnPairValuesAToBeGreaterThanB",
        {"column_A": later, "column_B": earlier, "or_equal": True, "ignore_row_if": "either_value_is_missing"},
        severity,
    )


def no_rows(name: str, rule: str, sql: str, severity: Severity = "critical") -> Check:
    """A query of the rows that break ``rule``; it selects the table's key and what shows the breach."""
    return Check(name, rule, "UnexpectedRowsExpectation", {"unexpected_rows_query": sql}, severity)
