"""Fields of the model as a report names them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecosystem.errors import EcosystemError
from publishing.power_bi.dax import formulas
from publishing.semantic.captions import caption
from publishing.semantic.contract import Contract
from publishing.semantic.measures import Measure

_COLUMN = re.compile(r"(\w+)\[(\w+)\]")


@dataclass(frozen=True)
class Field:
    """A column or a measure of a table; ``label`` is what its heading says."""

    table: str
    name: str
    label: str
    is_measure: bool

    def expression(self) -> dict[str, Any]:
        """The field as PBIR writes it."""
        kind = "Measure" if self.is_measure else "Column"
        return {kind: {"Expression": {"SourceRef": {"Entity": self.table}}, "Property": self.name}}

    def projection(self) -> dict[str, Any]:
        """The field as one that a visual shows."""
        return {
            "field": self.expression(),
            "queryRef": f"{self.table}.{self.name}",
            "nativeQueryRef": self.name,
            "displayName": self.label,
        }


class Fields:
    """Finds fields by the names that ``publishing.semantic.pages`` uses."""

    def __init__(self, contract: Contract, measures: Sequence[Measure]) -> None:
        self._contract = contract
        self._measures = {measure.name: measure for measure in measures}
        self._tables: Mapping[str, str] = {
            formula.name: measure.table for measure in measures for formula in formulas(measure)
        }

    def named(self, name: str) -> Field:
        """The field called ``table[column]``, or the measure of that name.

        Raises:
            EcosystemError: there is none.
        """
        if match := _COLUMN.fullmatch(name):
            table, column = match.groups()
            return Field(table, self._contract.table(table).column(column).name, caption(column), False)
        if name not in self._tables:
            raise EcosystemError(f"There is no measure {name}: correct publishing/semantic/pages.py.")
        return Field(self._tables[name], name, name, True)

    def with_companions(self, name: str) -> list[Field]:
        """A measure, and beside it its count and bounds."""
        return [self.named(formula.name) for formula in formulas(self._measures[name])]

    def description(self, name: str) -> str:
        """What a measure says of itself."""
        return self._measures[name].description
