"""Reads a workbook's names back, and says which point at nothing. The XSD looks at none of them."""

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, parse

from publishing.semantic.contract import Contract

_REFERENCE = re.compile(r"\[([^\]]+)\]\.\[([^\]]+)\]")
_FIELD = re.compile(r"\[([^\]]+)\]")
_GENERATED = {":Measure Names", "Multiple Values"}


def root_of(file: str) -> Element:
    return parse(file).getroot()


def datasource_faults(datasource: Element, contract: Contract) -> Iterator[str]:
    """Columns, relations and formulas of a data source that the contract does not know."""
    tables = {one.get("name") for one in datasource.iter("relation") if one.get("type") == "table"}
    for name in sorted(tables - set(contract.tables)):
        yield f"there is no mart {name}"
    fields = {column.get("name")[1:-1] for column in datasource.findall("column")}
    mapped = {}
    for one in datasource.iter("map"):
        table, column = _REFERENCE.fullmatch(one.get("value")).groups()
        mapped[one.get("key")[1:-1]] = one
        if table not in tables or not contract.table(table).has(column):
            yield f"there is no column {table}.{column}"
    for column in datasource.findall("column"):
        name, formula = column.get("name")[1:-1], column.find("calculation")
        if formula is None:
            if name not in mapped:
                yield f"the field {name} stands for no column"
        else:
            yield from (f"{column.get('caption')}: {fault}" for fault in formula_faults(formula.get("formula"), fields))


def formula_faults(formula: str, fields: set[str]) -> Iterator[str]:
    bare = re.sub(r'"[^"]*"', "", formula)
    for name in _FIELD.findall(bare):
        if name not in fields:
            yield f"there is no field {name}"
    if bare.count("(") != bare.count(")"):
        yield "parentheses are not balanced"
    if len(re.findall(r"\bIF\b", bare)) != len(re.findall(r"\bEND\b", bare)):
        yield "an IF without its END"
    for function in re.findall(r"\b([A-Z]+)\(", bare):
        if function not in {"SUM", "MAX", "MIN", "ISNULL", "SQRT", "POWER"}:
            yield f"there is no function {function}"


def workbook_faults(root: Element, contract: Contract) -> Iterator[str]:
    sources = {one.get("name"): one for one in root.findall("datasources/datasource")}
    fields = {name: {column.get("name") for column in one.findall("column")} for name, one in sources.items()}
    for one in sources.values():
        yield from datasource_faults(one, contract)
    sheets = {sheet.get("name") for sheet in root.findall("worksheets/worksheet")}
    for sheet in root.findall("worksheets/worksheet"):
        yield from (f"{sheet.get('name')}: {fault}" for fault in _sheet_faults(sheet, fields))
    for board in root.findall("dashboards/dashboard"):
        for zone in board.iter("zone"):
            if zone.get("name") and zone.get("name") not in sheets:
                yield f"{board.get('name')}: there is no worksheet {zone.get('name')}"
            if zone.get("param") and zone.get("param").split(".")[1] not in fields["Parameters"]:
                yield f"{board.get('name')}: there is no parameter {zone.get('param')}"
    windows = {(one.get("class"), one.get("name")) for one in root.findall("windows/window")}
    boards = {board.get("name") for board in root.findall("dashboards/dashboard")}
    wanted = {("worksheet", name) for name in sheets} | {("dashboard", name) for name in boards}
    yield from (f"no window for {name}" for name in sorted(wanted ^ windows))


def _sheet_faults(sheet: Element, fields: Mapping[str, set[str]]) -> Iterator[str]:
    instances: dict[str, set[str]] = {}
    for dependencies in sheet.iter("datasource-dependencies"):
        source = dependencies.get("datasource")
        own = {column.get("name") for column in dependencies.findall("column")}
        calculated = {one.get("name") for one in dependencies.findall("column") if one.find("calculation") is not None}
        hidden = {one.get("name") for one in dependencies.findall("column") if one.get("hidden") == "true"}
        yield from (f"a hidden field is shown: {source}.{name}" for name in sorted(hidden))
        for name in sorted(own - fields.get(source, set()) - calculated):
            yield f"there is no field {source}.{name}"
        for one in dependencies.findall("column-instance"):
            if one.get("column") not in own:
                yield f"the worksheet uses {one.get('column')} without naming it"
            instances.setdefault(source, set()).add(one.get("name")[1:-1])
    texts = [element.text or "" for element in (*sheet.iter("rows"), *sheet.iter("cols"))]
    texts += [element.get("column", "") for element in sheet.iter() if element.tag in ("text", "color", "filter")]
    for source, instance in (match for text in texts for match in _REFERENCE.findall(text)):
        if instance not in instances.get(source, set()) | _GENERATED:
            yield f"a shelf shows {source}.{instance}, which the worksheet does not have"
