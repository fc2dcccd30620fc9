"""Two tables side by side: how many values were compared, and where they differ."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import isclose
from typing import Any

Row = Mapping[str, Any]
WORLD = re.compile(r"77(\d{3})")


@dataclass(frozen=True)
class Difference:
    """One value on which the warehouse and the oracle do not agree."""

    as_of: datetime
    table: str
    key: tuple[Any, ...]
    column: str
    warehouse: Any
    oracle: Any

    @property
    def world(self) -> int | None:
        """The world it belongs to; None for numbers of the whole ecosystem."""
        found = WORLD.search(" ".join(str(part) for part in self.key))
        return int(found.group(1)) if found else None

    def __str__(self) -> str:
        key = ", ".join(str(part) for part in self.key)
        return (
            f"{self.as_of:%Y-%m-%d} {self.table} ({key}) {self.column}:"
            f" the warehouse says {self.warehouse}, the oracle {self.oracle}"
        )


@dataclass
class Comparison:
    """``compared``: values by table and column that were not empty on both sides; ``expected``: all columns."""

    compared: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    expected: set[str] = field(default_factory=set)

    @property
    def never_compared(self) -> list[str]:
        """Columns that the oracle speaks about and that were empty on both sides each time."""
        return sorted(self.expected - self.compared.keys())

    def add(
        self,
        as_of: datetime,
        table: str,
        keys: Sequence[str],
        warehouse: Iterable[Row],
        oracle: Iterable[Row],
        *,
        columns: Sequence[str] = (),
        leeway: float = 1e-9,
    ) -> None:
        """Compare the rows of both sides by key, in the columns that the oracle's rows have.

        With ``columns`` the table is a part of a wider mart: a row that one side lacks has no numbers, and a count of
        nothing is 0 or empty. ``leeway`` is what rounding may take from a number.
        """
        ours = {tuple(row[name] for name in keys): row for row in warehouse}
        theirs = {tuple(row[name] for name in keys): row for row in oracle}
        spoken_of = columns or {name for row in theirs.values() for name in row}
        self.expected |= {table, *(f"{table}.{name}" for name in spoken_of)}
        self.compared[table] += len(theirs)
        for key in sorted(ours.keys() | theirs.keys(), key=str):
            ours_row, theirs_row = ours.get(key), theirs.get(key)
            if columns:
                for column in columns:
                    found = ours_row[column] if ours_row else None
                    expected = theirs_row[column] if theirs_row else (0 if _is_nothing(found) else None)
                    if not (found is None and _is_nothing(expected)):
                        self._compare(as_of, table, key, column, found, expected, leeway)
                continue
            if ours_row is None or theirs_row is None:
                presence = [
                    "there is a row" if row is not None else "there is no row" for row in (ours_row, theirs_row)
                ]
                self.differences.append(Difference(as_of, table, key, "row", *presence))
                continue
            for column, expected in theirs_row.items():
                self._compare(as_of, table, key, column, ours_row[column], expected, leeway)

    def _compare(
        self,
        as_of: datetime,
        table: str,
        key: tuple[Any, ...],
        column: str,
        found: Any,
        expected: Any,
        leeway: float = 1e-9,
    ) -> None:
        if found is None and expected is None:
            return
        self.compared[f"{table}.{column}"] += 1
        if not same(found, expected, leeway):
            self.differences.append(Difference(as_of, table, key, column, found, expected))


def _is_nothing(value: Any) -> bool:
    """A count of zero; a score of zero is a float and is something."""
    return isinstance(value, int) and value == 0


def same(found: Any, expected: Any, leeway: float = 1e-9) -> bool:
    if found is None or expected is None:
        return found is expected
    if isinstance(expected, float | Decimal) or isinstance(found, float | Decimal):
        return isclose(float(found), float(expected), rel_tol=1e-9, abs_tol=leeway)
    if isinstance(expected, datetime):
        return found == expected.replace(tzinfo=None)
    return found == expected
