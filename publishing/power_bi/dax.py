"""Measures in DAX. A measure is blank when there is nothing to tell, never 0 % or 100 %."""

from collections.abc import Iterator
from dataclasses import dataclass

from publishing.semantic.measures import Kind, Measure


@dataclass(frozen=True)
class Formula:
    """A measure as Power BI shows it; ``lines`` are its DAX, ``main`` says that it is no companion of another."""

    name: str
    lines: tuple[str, ...]
    unit: str
    folder: str
    description: str
    main: bool


def formulas(measure: Measure) -> Iterator[Formula]:
    """The measure itself, then its count and its bounds where it has them."""
    yield Formula(measure.name, _value(measure), measure.unit, measure.folder, measure.description, True)
    if measure.has_n:
        words = f"What {measure.name} is counted over."
        yield Formula(f"{measure.name} (n)", _n(measure), "count", measure.folder, words, False)
    if measure.has_interval:
        for name, lines in (("lower", _bound(measure, lower=True)), ("upper", _bound(measure, lower=False))):
            words = f"{name.capitalize()} bound of {measure.name}."
            yield Formula(f"{measure.name} ({name})", lines, measure.unit, measure.folder, words, False)


def table(name: str) -> str:
    """A table's name in DAX."""
    escaped = name.replace("'", "''")
    return f"'{escaped}'"


def column(table_name: str, name: str) -> str:
    """A column's full name in DAX."""
    escaped = name.replace("]", "]]")
    return f"{table(table_name)}[{escaped}]"


def literal(value: bool | int | str) -> str:
    """A truth value, a number or a text in DAX."""
    if isinstance(value, bool):
        return "TRUE()" if value else "FALSE()"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace('"', '""')
    return f'"{escaped}"'


def _value(measure: Measure) -> tuple[str, ...]:
    value = column(measure.table, measure.column) if measure.column else ""
    chosen = _chosen(measure)
    match measure.kind:
        case Kind.COUNT:
            return (chosen, "RETURN COUNTROWS(chosen)")
        case Kind.SUM:
            return (chosen, f"RETURN SUMX(chosen, {value})")
        case Kind.COMPLETE_SUM:
            return (
                chosen,
                f"VAR unknown = FILTER(chosen, {_is_unknown(measure)})",
                f"RETURN IF(ISEMPTY(unknown), SUMX(chosen, {value}))",
            )
        case Kind.ONE_ROW:
            return (chosen, f"RETURN IF(COUNTROWS(chosen) = 1, MAXX(chosen, {value}))")
        case Kind.FLAG_SHARE:
            return (*_hits(measure), "RETURN DIVIDE(hits, counted)")
        case Kind.SHARE | Kind.RATE | Kind.WEIGHTED:
            weight = _weight(measure)
            return (
                chosen,
                _known(measure),
                f"RETURN DIVIDE(SUMX(known, {value} * {weight}), SUMX(known, {weight}))",
            )


def _n(measure: Measure) -> tuple[str, ...]:
    chosen = _chosen(measure)
    if measure.kind is Kind.ONE_ROW:
        return (chosen, f"RETURN IF(COUNTROWS(chosen) = 1, MAXX(chosen, {column(measure.table, measure.counted)}))")
    if measure.kind is Kind.FLAG_SHARE:
        return (*_hits(measure), "RETURN counted")
    if measure.counted:
        counted = f"VAR counted = SUMX(known, {column(measure.table, measure.counted)})"
        return (chosen, _known(measure), counted, "RETURN IF(counted > 0, counted)")
    return (chosen, _known(measure), "RETURN COUNTROWS(known)")


def _bound(measure: Measure, lower: bool) -> tuple[str, ...]:
    if measure.kind is Kind.ONE_ROW:
        bound = column(measure.table, measure.lower if lower else measure.upper)
        return (_chosen(measure), f"RETURN IF(COUNTROWS(chosen) = 1, MAXX(chosen, {bound}))")
    if measure.kind is Kind.RATE:
        return (*_events(measure), f"RETURN IF(counted > 0, {_byar(lower)} * 1000000 / counted)")
    return (*_hits(measure), f"RETURN IF(counted > 0, {_wilson(lower)})")


# As dbt_project/macros/kpi/intervals.sql: 1.96 squared is 3.8416, its half 1.9208, its quarter 0.9604.
def _wilson(lower: bool) -> str:
    margin = "1.96 * SQRT(hits * (counted - hits) / counted + 0.9604)"
    if lower:
        return f"MAX(0, (hits + 1.9208 - {margin}) / (counted + 3.8416))"
    return f"MIN(1, (hits + 1.9208 + {margin}) / (counted + 3.8416))"


def _byar(lower: bool) -> str:
    if lower:
        within = "1 - 1 / (9 * events) - 1.96 / (3 * SQRT(events))"
        return f"IF(events > 0, events * POWER(MAX(0, {within}), 3), 0)"
    return "(events + 1) * POWER(1 - 1 / (9 * (events + 1)) + 1.96 / (3 * SQRT(events + 1)), 3)"


def _hits(measure: Measure) -> tuple[str, ...]:
    """``hits`` and ``counted``: how often it was true, and out of how many."""
    value = column(measure.table, measure.column)
    if measure.kind is Kind.FLAG_SHARE:
        return (
            _chosen(measure),
            _known(measure),
            f"VAR hits = COUNTROWS(FILTER(known, {value})) + 0",
            "VAR counted = COUNTROWS(known)",
        )
    counted = column(measure.table, measure.counted)
    return (
        _chosen(measure),
        _known(measure),
        f"VAR hits = SUMX(known, {value} * {counted})",
        f"VAR counted = SUMX(known, {counted})",
    )


def _events(measure: Measure) -> tuple[str, ...]:
    """``events`` and ``counted`` of a rate per million."""
    value, counted = column(measure.table, measure.column), column(measure.table, measure.counted)
    return (
        _chosen(measure),
        _known(measure),
        f"VAR events = SUMX(known, {value} * {counted}) / 1000000",
        f"VAR counted = SUMX(known, {counted})",
    )


def _chosen(measure: Measure) -> str:
    conditions = [_condition(measure.table, name, wanted) for name, wanted in measure.where]
    if not conditions:
        return f"VAR chosen = {table(measure.table)}"
    return f"VAR chosen = FILTER({table(measure.table)}, {' && '.join(conditions)})"


def _known(measure: Measure) -> str:
    return f"VAR known = FILTER(chosen, NOT ISBLANK({column(measure.table, measure.column)}))"


def _is_unknown(measure: Measure) -> str:
    unknown = f"ISBLANK({column(measure.table, measure.column)})"
    return f"{unknown} && {column(measure.table, measure.counted)} > 0" if measure.counted else unknown


def _condition(table_name: str, name: str, wanted: str | bool | None) -> str:
    field = column(table_name, name)
    if wanted is None:
        return f"NOT ISBLANK({field})"
    return f"{field} = {literal(wanted)}"


def _weight(measure: Measure) -> str:
    first, *rest = measure.weight
    signed = [column(measure.table, first[1])]
    signed += [f"{'+' if sign > 0 else '-'} {column(measure.table, name)}" for sign, name in rest]
    return signed[0] if not rest else f"({' '.join(signed)})"
