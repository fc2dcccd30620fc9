"""Which tables of the model belong together: facts to vendors and days, and facts to the facts they name."""

from collections.abc import Iterator
from dataclasses import dataclass

from publishing.semantic.contract import Contract, Table
from publishing.semantic.dates import CALENDAR, DATE_OF_TABLE, DAY, WITHOUT_CALENDAR


@dataclass(frozen=True)
class Relationship:
    """Many rows of ``table`` to one of ``to_table``; an inactive one serves only measures that ask for it."""

    table: str
    column: str
    to_table: str
    to_column: str
    is_active: bool


def relationships(contract: Contract) -> tuple[Relationship, ...]:
    """One way for a filter from each dimension to each fact; the others are inactive, so that none is ambiguous."""
    return tuple(one for table in contract.tables.values() for one in (*_references(table), *_dates(table)))


def _references(table: Table) -> Iterator[Relationship]:
    reached: set[str] = set()
    for reference in table.references:
        is_active = reference.mart.startswith("dim_") and reference.mart not in reached
        reached.add(reference.mart)
        yield Relationship(table.name, reference.column, reference.mart, reference.field, is_active)


def _dates(table: Table) -> Iterator[Relationship]:
    if table.name in WITHOUT_CALENDAR:
        return
    active = DATE_OF_TABLE.get(table.name)
    for column in table.columns:
        if column.type == "DATE":
            yield Relationship(table.name, column.name, CALENDAR, DAY, column.name == active)
