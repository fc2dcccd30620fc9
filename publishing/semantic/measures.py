"""The numbers that a BI tool computes from the marts, and how each may be added up.

A share is never averaged: it is added up as numerators over denominators, which are value times count and count. What
cannot be added up (a median, a score, a rolling year) is shown only where exactly one row is meant, else it is unknown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from ecosystem.errors import EcosystemError
from publishing.semantic.captions import caption
from publishing.semantic.contract import Column, Contract, Table
from publishing.semantic.measure_tables import (
    DECLARED,
    FOLDER_OF_DEFINITION,
    NAME_OF_COLUMN,
    NOT_ADDITIVE,
    Declared,
)

MONTHS = "vendor_month"
_PERCENTILE = re.compile(r"_p\d\d(_days|_hours)?$")
_COMPANION = re.compile(r"_(n|lower|upper)$")


class Kind(Enum):
    """How a measure adds up; the value says it to the reader of its description."""

    SHARE = "Added up over the rows chosen as sum of value times n over sum of n; the interval is Wilson's, at 95 %."
    RATE = "Added up over the rows chosen as sum of value times n over sum of n; the interval is Byar's, at 95 %."
    WEIGHTED = "Added up over the rows chosen as sum of value times weight over sum of weight."
    FLAG_SHARE = "Rows that are true over rows that are true or false; the interval is Wilson's, at 95 %."
    ONE_ROW = "Cannot be added up: blank unless the filters leave exactly one row."
    SUM = "Sum of the rows chosen; blank when none is known."
    COMPLETE_SUM = "Sum of the rows chosen; blank as soon as one of them is unknown."
    COUNT = "Count of the rows chosen; blank when there is none."


WITH_INTERVAL = (Kind.SHARE, Kind.RATE, Kind.FLAG_SHARE)


@dataclass(frozen=True)
class Measure:
    """A number to show.

    ``weight`` are the columns (with sign) that its value is weighted by; ``counted`` the column that holds its n;
    ``where`` conditions on columns, whose value None means "is known"; ``lower`` and ``upper`` the mart's own bounds.
    """

    name: str
    table: str
    kind: Kind
    column: str
    unit: str
    definition: str
    folder: str
    description: str
    weight: tuple[tuple[int, str], ...] = ()
    counted: str = ""
    lower: str = ""
    upper: str = ""
    where: tuple[tuple[str, str | bool | None], ...] = ()

    @property
    def has_interval(self) -> bool:
        """Whether bounds stand beside it."""
        return self.kind in WITH_INTERVAL or bool(self.lower)

    @property
    def has_n(self) -> bool:
        """Whether a count stands beside it."""
        return self.kind in (*WITH_INTERVAL, Kind.WEIGHTED) or bool(self.counted)

    @property
    def columns(self) -> frozenset[str]:
        """All columns of its table that it reads."""
        read = {self.column, self.counted, self.lower, self.upper, *(name for _, name in self.weight)}
        return frozenset(read - {""} | {name for name, _ in self.where})


def measures(contract: Contract) -> tuple[Measure, ...]:
    """Every measure, by table; its columns exist in the contract.

    Raises:
        EcosystemError: a declared column is missing, a unit has no rule, or two measures have one name.
    """
    made = (*_of_months(contract), *(_declared(contract, one) for one in DECLARED))
    for measure in made:
        taken = [other for other in made if other.name.lower() == measure.name.lower()]
        columns = [column.name for column in contract.table(measure.table).columns]
        if len(taken) > 1 or measure.name.lower() in columns:
            raise EcosystemError(
                f"The name of the measure {measure.name} is taken by another measure or a column of {measure.table}: "
                "rename it in publishing/semantic/measure_tables.py."
            )
    return made


def _of_months(contract: Contract) -> Iterator[Measure]:
    """A measure for each number of ``vendor_month``: a new metric there is a new measure here."""
    table = contract.table(MONTHS)
    for column in table.columns:
        if column.is_number and not _is_companion(table, column):
            yield _described(contract, _of_month(table, column))


def _of_month(table: Table, column: Column) -> Measure:
    counted = next((name for name in _counts(column.name) if table.has(name)), "")
    measure = Measure(
        name=NAME_OF_COLUMN.get(column.name, caption(column.name)),
        table=table.name,
        kind=_kind(column, counted),
        column=column.name,
        unit=column.unit,
        definition=column.definition,
        folder=_folder(column),
        description=column.description,
        counted=counted,
    )
    if measure.kind in (Kind.SHARE, Kind.RATE):
        return replace(measure, weight=((1, counted),))
    if measure.kind is Kind.ONE_ROW and table.has(f"{column.name}_lower"):
        return replace(measure, lower=f"{column.name}_lower", upper=f"{column.name}_upper")
    return measure


def _kind(column: Column, counted: str) -> Kind:
    if column.name in NOT_ADDITIVE or _PERCENTILE.search(column.name) or column.unit == "points":
        return Kind.ONE_ROW
    if column.unit in ("count", "lines"):
        return Kind.SUM
    if column.unit.startswith("money"):
        return Kind.COMPLETE_SUM
    if counted and column.unit in ("share", "ppm"):
        return Kind.SHARE if column.unit == "share" else Kind.RATE
    raise EcosystemError(
        f"Nothing says how {MONTHS}.{column.name} ({column.unit}) adds up: give it a count {column.name}_n, "
        "or name it in NOT_ADDITIVE of publishing/semantic/measure_tables.py."
    )


def _counts(name: str) -> tuple[str, str]:
    return f"{name}_n", f"{_PERCENTILE.sub('', name)}_n"


def _is_companion(table: Table, column: Column) -> bool:
    if not _COMPANION.search(column.name):
        return False
    stem = _COMPANION.sub("", column.name)
    return any(stem == other.name or _PERCENTILE.sub("", other.name) == stem for other in table.columns)


def _folder(column: Column) -> str:
    if column.definition and column.definition not in FOLDER_OF_DEFINITION:
        raise EcosystemError(
            f"No folder is set for the definition {column.definition}: add it to FOLDER_OF_DEFINITION in "
            "publishing/semantic/measure_tables.py."
        )
    return FOLDER_OF_DEFINITION.get(column.definition, "Service")


def _declared(contract: Contract, declared: Declared) -> Measure:
    table = contract.table(declared.table)
    measure = Measure(
        name=declared.name,
        table=table.name,
        kind=Kind[declared.kind],
        column=declared.column,
        unit=declared.unit or (table.column(declared.column).unit if declared.column else "count"),
        definition=declared.definition,
        folder=declared.folder,
        description=declared.description or (table.column(declared.column).description if declared.column else ""),
        weight=declared.weight,
        counted=declared.counted,
        lower=declared.lower,
        upper=declared.upper,
        where=declared.where,
    )
    for name in sorted(measure.columns):
        table.column(name)
    return _described(contract, measure)


def _described(contract: Contract, measure: Measure) -> Measure:
    parts = [measure.description]
    if measure.definition:
        if measure.definition not in contract.definitions:
            raise EcosystemError(
                f"The measure {measure.name} follows the definition {measure.definition}, which there is none of: "
                "correct publishing/semantic/measure_tables.py or the seed seed_kpi_definition."
            )
        row = contract.definitions[measure.definition]
        parts += [f"Formula: {row['formula']}.", f"Of: {row['population']}.", f"{row['caveat']}."]
    return replace(measure, description=" ".join(part for part in [*parts, measure.kind.value] if part))
