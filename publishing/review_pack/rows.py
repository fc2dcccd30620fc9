"""A vendor's rows as a pack may show them: which marts and columns are there is decided before, not by the sections."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
Needs = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class VendorRows:
    """The rows of one vendor by mart.

    A mart or a column that is not shared with the reader of an edition is not in here, which is not the same as being
    empty: sections leave out what is not shared, and say of what is empty that there is no data. ``withheld`` names, by
    mart and column, rows that are not shared.
    """

    vendor_key: str
    columns: Mapping[str, frozenset[str]]
    rows: Mapping[str, tuple[Row, ...]]
    withheld: Mapping[str, Mapping[str, tuple[Any, ...]]] = field(default_factory=dict)

    def shares(self, mart: str, *columns: str) -> bool:
        """Whether the reader may see these columns of the mart."""
        return mart in self.columns and self.columns[mart].issuperset(columns)

    def withholds(self, mart: str, column: str, value: Any) -> bool:
        """Whether rows of the mart with this value are kept from the reader."""
        return value in self.withheld.get(mart, {}).get(column, ())

    def covers(self, needs: Needs) -> bool:
        """Whether the reader may see all of these columns, by mart."""
        return all(self.shares(mart, *columns) for mart, columns in needs.items())

    def of(self, mart: str, where: Callable[[Row], bool] = lambda _: True) -> tuple[Row, ...]:
        """The rows of a mart, in the order in which they were read; none of a mart that is not shared."""
        return tuple(row for row in self.rows.get(mart, ()) if where(row))

    def first(self, mart: str, where: Callable[[Row], bool] = lambda _: True) -> Row | None:
        """The first row that fits, or None."""
        return next(iter(self.of(mart, where)), None)


def total(rows: Iterable[Row], column: str) -> Any | None:
    """The sum of what is known; None when nothing is."""
    known = [row[column] for row in rows if row[column] is not None]
    return sum(known[1:], start=known[0]) if known else None
