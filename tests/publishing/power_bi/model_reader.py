"""Reads from TMDL and PBIR what the contract check needs, by other code than what wrote them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MODEL = "VendorEcosystem.SemanticModel/definition"
REPORT = "VendorEcosystem.Report/definition"
# What the measures may call; a misspelt function is none of them.
DAX_FUNCTIONS = frozenset(
    {"COUNTROWS", "DIVIDE", "FALSE", "FILTER", "IF", "ISBLANK", "ISEMPTY", "MAX", "MAXX", "MIN", "NOT", "POWER", "SQRT"}
    | {"SUMX", "TRUE"}
)


@dataclass
class ModelTable:
    """A table of the model: its source columns by name, and its measures' DAX by name."""

    columns: dict[str, str] = field(default_factory=dict)
    measures: dict[str, str] = field(default_factory=dict)
    is_from_postgresql: bool = False


def read_model(project: Path) -> dict[str, ModelTable]:
    tables = {}
    for file in sorted((project / MODEL / "tables").glob("*.tmdl")):
        text = file.read_text(encoding="utf-8")
        name = _unquoted(re.search(r"^table (.+)$", text, re.M).group(1))
        table = ModelTable(is_from_postgresql="PostgreSQL.Database(" in text)
        for block in re.split(r"\n(?=\t(?:///|column |measure |partition ))", text):
            if head := re.search(r"^\tcolumn (.+)$", block, re.M):
                table.columns[_unquoted(head.group(1))] = re.search(r"sourceColumn: (.+)$", block, re.M).group(1)
            elif head := re.search(r"^\tmeasure (.+?) =$", block, re.M):
                body = re.findall(r"^\t{3}(\S.*)$", block, re.M)
                table.measures[_unquoted(head.group(1))] = "\n".join(body)
        tables[name] = table
    return tables


def model_faults(tables: dict[str, ModelTable]) -> Iterator[str]:
    for name, table in tables.items():
        for measure, dax in table.measures.items():
            yield from (f"{name}/{measure}: {fault}" for fault in dax_faults(dax, tables))
            if measure.lower() in {column.lower() for column in table.columns}:
                yield f"{name}/{measure}: a column has this name"


def dax_faults(dax: str, tables: dict[str, ModelTable]) -> Iterator[str]:
    if not dax.strip():
        yield "no formula"
    bare = re.sub(r'"[^"]*"|\'[^\']*\'|\[[^\]]*\]', "", dax)
    if not _is_balanced(bare):
        yield "parentheses are not balanced"
    for table, column in re.findall(r"'([^']+)'\[([^\]]+)\]", dax):
        if column not in tables.get(table, ModelTable()).columns:
            yield f"there is no column {table}[{column}]"
    for table in re.findall(r"'([^']+)'", re.sub(r"'[^']*'\[[^\]]*\]", "", dax)):
        if table not in tables:
            yield f"there is no table {table}"
    for function in re.findall(r"\b([A-Za-z]\w*)\s*\(", bare):
        if function not in DAX_FUNCTIONS:
            yield f"there is no function {function}"
    if re.search(r"(?<!')\[", re.sub(r"'[^']*'\[[^\]]*\]", "", dax)):
        yield "a column without its table"


def visuals(project: Path) -> list[tuple[str, dict[str, Any]]]:
    files = sorted((project / REPORT / "pages").glob("*/visuals/*/visual.json"))
    return [(file.parts[-4], json.loads(file.read_text(encoding="utf-8"))) for file in files]


def report_faults(project: Path, tables: dict[str, ModelTable]) -> Iterator[str]:
    for page, visual in visuals(project):
        for kind, entity, name in fields_of(visual):
            table = tables.get(entity)
            known = (table.measures if kind == "Measure" else table.columns) if table else {}
            if name not in known:
                yield f"{page}/{visual['name']}: the model has no {kind} {entity}[{name}]"


def fields_of(node: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(node, dict):
        for kind in ("Column", "Measure"):
            if kind in node:
                yield kind, node[kind]["Expression"]["SourceRef"]["Entity"], node[kind]["Property"]
        for value in node.values():
            yield from fields_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from fields_of(value)


def source_faults(tables: dict[str, ModelTable], database: dict[str, set[str]]) -> Iterator[str]:
    for name, table in tables.items():
        if table.is_from_postgresql:
            for source in table.columns.values():
                if source not in database.get(name, set()):
                    yield f"PostgreSQL has no {name}.{source}"


def _unquoted(name: str) -> str:
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def _is_balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0
