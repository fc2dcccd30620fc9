"""Fields of a data source: a mart's columns, those of the vendor it belongs to, and its measures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ecosystem.errors import EcosystemError
from publishing.semantic.captions import caption
from publishing.semantic.contract import Column, Table
from publishing.semantic.hidden import hidden_columns
from publishing.semantic.identity import stable_id
from publishing.semantic.measures import Measure
from publishing.tableau.formulas import calculations

VENDORS, VENDOR_KEY = "dim_vendor", "vendor_key"
# Keys of more than one mart must not share a name within a data source.
SUFFIX = f" ({VENDORS})"

_DATATYPES = {
    "VARCHAR": "string",
    "BIGINT": "integer",
    "INTEGER": "integer",
    "DOUBLE": "real",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}
_FORMATS = {
    "share": "p0.0%",
    "ppm": "n#,##0;-#,##0",
    "days": "n#,##0.0;-#,##0.0",
    "hours": "n#,##0.0;-#,##0.0",
    "points": "n#,##0.0;-#,##0.0",
    "count": "n#,##0;-#,##0",
    "lines": "n#,##0;-#,##0",
}


@dataclass(frozen=True)
class Field:
    """A field: ``name`` is unique in its data source; ``formula`` is empty for a column of ``table``."""

    name: str
    caption: str
    datatype: str
    format: str
    description: str
    table: str
    column: str
    formula: str = ""
    folder: str = ""
    is_hidden: bool = False

    @property
    def is_measure(self) -> bool:
        """Whether it is computed over rows."""
        return bool(self.formula)

    @property
    def kind(self) -> str:
        """Tableau's type: quantitative, ordinal or nominal."""
        if self.is_measure and self.datatype != "string":
            return "quantitative"
        return "nominal" if self.datatype in ("string", "boolean") else "ordinal"


def fields(table: Table, vendors: Table | None, measures: Sequence[Measure]) -> tuple[Field, ...]:
    """Every field of the data source of ``table``; ``vendors`` is given where its rows belong to vendors."""
    own = _of_columns(table, "", hidden_columns(table, measures))
    theirs = _of_columns(vendors, SUFFIX, hidden_columns(vendors, ())) if vendors else []
    return (*own, *theirs, *(field for measure in measures for field in _of_measure(table, measure)))


def _of_columns(table: Table, suffix: str, hidden: frozenset[str]) -> list[Field]:
    return [_of_column(table, column, suffix, column.name in hidden) for column in table.columns]


def _of_column(table: Table, column: Column, suffix: str, is_hidden: bool) -> Field:
    return Field(
        name=f"{column.name}{suffix}",
        caption=f"{caption(column.name)}{suffix.replace(VENDORS, 'vendor')}",
        datatype=_datatype(table.name, column),
        format=_format(column.unit),
        description=column.description,
        table=table.name,
        column=column.name,
        is_hidden=is_hidden,
    )


def _of_measure(table: Table, measure: Measure) -> Iterator[Field]:
    is_text = bool(measure.column) and table.column(measure.column).type == "VARCHAR"
    for one in calculations(measure, is_text):
        yield Field(
            name=f"Calculation_{stable_id('calculation', one.name).int % 10**18:018d}",
            caption=one.name,
            datatype="string" if one.is_text else "real",
            format="" if one.is_text else _format(one.unit),
            description=one.description,
            table=table.name,
            column="",
            formula=one.formula,
            folder=one.folder if one.main else f"{one.folder}: counts and bounds",
        )


def _datatype(mart: str, column: Column) -> str:
    if column.type.startswith("DECIMAL"):
        return "real"
    if column.type not in _DATATYPES:
        raise EcosystemError(
            f"Tableau has no type for {mart}.{column.name} ({column.type}): add one to publishing/tableau/fields.py."
        )
    return _DATATYPES[column.type]


def _format(unit: str) -> str:
    return "n#,##0.00;-#,##0.00" if unit.startswith("money") else _FORMATS.get(unit, "")
