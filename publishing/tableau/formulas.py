"""Measures as Tableau's calculated fields. They say what publishing/power_bi/dax.py says, in Tableau's language."""

from collections.abc import Iterator
from dataclasses import dataclass

from publishing.semantic.measures import Kind, Measure


@dataclass(frozen=True)
class Calculation:
    """A calculated field; ``is_text`` says that it holds words, ``main`` that it is no companion of another."""

    name: str
    formula: str
    unit: str
    folder: str
    description: str
    is_text: bool
    main: bool


def calculations(measure: Measure, is_text: bool) -> Iterator[Calculation]:
    """The measure itself, then its count and its bounds where it has them."""
    folder = measure.folder
    yield Calculation(measure.name, _value(measure), measure.unit, folder, measure.description, is_text, True)
    if measure.has_n:
        words = f"What {measure.name} is counted over."
        yield Calculation(f"{measure.name} (n)", _n(measure), "count", folder, words, False, False)
    if measure.has_interval:
        for name, formula in (("lower", _bound(measure, lower=True)), ("upper", _bound(measure, lower=False))):
            words = f"{name.capitalize()} bound of {measure.name}."
            yield Calculation(f"{measure.name} ({name})", formula, measure.unit, folder, words, False, False)


def _value(measure: Measure) -> str:
    value = f"[{measure.column}]"
    match measure.kind:
        case Kind.COUNT:
            return _sum("1", _chosen(measure))
        case Kind.SUM:
            return _sum(value, _chosen(measure))
        case Kind.COMPLETE_SUM:
            unknown = [
                *_chosen(measure),
                f"ISNULL({value})",
                *([f"[{measure.counted}] > 0"] if measure.counted else []),
            ]
            return f"IF {_count(unknown)} = 0 THEN {_sum(value, _chosen(measure))} END"
        case Kind.ONE_ROW:
            return _of_one_row(measure, value)
        case Kind.FLAG_SHARE:
            return f"{_hits(measure)} / {_counted(measure)}"
        case Kind.SHARE | Kind.RATE | Kind.WEIGHTED:
            weight = _weight(measure)
            return f"{_sum(f'{value} * {weight}', _known(measure))} / {_sum(weight, _known(measure))}"


def _n(measure: Measure) -> str:
    if measure.kind is Kind.ONE_ROW:
        return _of_one_row(measure, f"[{measure.counted}]")
    counted = _counted(measure)
    return f"IF {counted} > 0 THEN {counted} END"


def _bound(measure: Measure, lower: bool) -> str:
    if measure.kind is Kind.ONE_ROW:
        return _of_one_row(measure, f"[{measure.lower if lower else measure.upper}]")
    counted = _counted(measure)
    if measure.kind is Kind.RATE:
        return f"IF {counted} > 0 THEN {_byar(_hits(measure), lower)} * 1000000 / {counted} END"
    return f"IF {counted} > 0 THEN {_wilson(_hits(measure), counted, lower)} END"


# As dbt_project/macros/kpi/intervals.sql: 1.96 squared is 3.8416, its half 1.9208, its quarter 0.9604.
def _wilson(hits: str, counted: str, lower: bool) -> str:
    margin = f"1.96 * SQRT({hits} * ({counted} - {hits}) / {counted} + 0.9604)"
    if lower:
        return f"MAX(0.0, ({hits} + 1.9208 - {margin}) / ({counted} + 3.8416))"
    return f"MIN(1.0, ({hits} + 1.9208 + {margin}) / ({counted} + 3.8416))"


def _byar(hits: str, lower: bool) -> str:
    events = f"({hits} / 1000000)"
    if lower:
        within = f"1 - 1 / (9 * {events}) - 1.96 / (3 * SQRT({events}))"
        return f"(IF {events} > 0 THEN POWER(MAX(0.0, {within}), 3) * {events} ELSE 0.0 END)"
    return f"({events} + 1) * POWER(1 - 1 / (9 * ({events} + 1)) + 1.96 / (3 * SQRT({events} + 1)), 3)"


def _hits(measure: Measure) -> str:
    if measure.kind is Kind.FLAG_SHARE:
        return _count([*_known(measure), f"[{measure.column}]"])
    return _sum(f"[{measure.column}] * [{measure.counted}]", _known(measure))


def _counted(measure: Measure) -> str:
    return _sum(f"[{measure.counted}]", _known(measure)) if measure.counted else _count(_known(measure))


def _of_one_row(measure: Measure, value: str) -> str:
    chosen = _chosen(measure)
    return f"IF {_count(chosen)} = 1 THEN {_aggregate('MAX', value, chosen)} END"


def _sum(value: str, conditions: list[str]) -> str:
    return _aggregate("SUM", value, conditions)


def _count(conditions: list[str]) -> str:
    return f"SUM(IF {' AND '.join(conditions)} THEN 1 ELSE 0 END)" if conditions else "SUM(1)"


def _aggregate(function: str, value: str, conditions: list[str]) -> str:
    return f"{function}(IF {' AND '.join(conditions)} THEN {value} END)" if conditions else f"{function}({value})"


def _chosen(measure: Measure) -> list[str]:
    return [_condition(name, wanted) for name, wanted in measure.where]


def _known(measure: Measure) -> list[str]:
    return [*_chosen(measure), f"NOT ISNULL([{measure.column}])"]


def _condition(name: str, wanted: str | bool | None) -> str:
    if wanted is None:
        return f"NOT ISNULL([{name}])"
    if isinstance(wanted, bool):
        return f"[{name}]" if wanted else f"NOT [{name}]"
    escaped = wanted.replace('"', '""')
    return f'[{name}] = "{escaped}"'


def _weight(measure: Measure) -> str:
    signed = [f"{'+' if sign > 0 else '-'} [{name}]" for sign, name in measure.weight]
    first = signed[0].removeprefix("+ ")
    return first if len(signed) == 1 else f"({' '.join([first, *signed[1:]])})"
