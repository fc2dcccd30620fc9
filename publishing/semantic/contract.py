"""The tables that readers may rely on, as data: read from a publication, or from the dbt project without a build."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from ecosystem.errors import EcosystemError
from publishing.lineage import Reference, read_marts
from publishing.manifest import read_manifest

# How the dbt project names the types that DuckDB publishes.
DUCKDB_TYPES = {
    "string": "VARCHAR",
    "bigint": "BIGINT",
    "integer": "INTEGER",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}
DEFINITIONS = "kpi_definition"
_DECIMAL = re.compile(r"decimal\((\d+), ?(\d+)\)")
NUMERIC = ("BIGINT", "INTEGER", "DOUBLE")


@dataclass(frozen=True)
class Column:
    """A column of a mart: its DuckDB type, its unit (as share, days, ppm) and the id of its definition, or empty."""

    name: str
    type: str
    description: str
    unit: str
    definition: str

    @property
    def is_number(self) -> bool:
        """Whether it can be added up."""
        return self.type in NUMERIC or self.type.startswith("DECIMAL")


@dataclass(frozen=True)
class Table:
    """A mart as readers see it; ``key`` identifies a row, ``references`` name rows of other marts."""

    name: str
    area: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...]

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            EcosystemError: the mart has none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise EcosystemError(
            f"The mart {self.name} has no column {name}: correct what reads it in publishing/semantic."
        )

    def has(self, name: str) -> bool:
        """Whether the mart has a column of that name."""
        return any(column.name == name for column in self.columns)


@dataclass(frozen=True)
class Contract:
    """All marts by name, and the newest version of each definition by its id (the columns of ``kpi_definition``)."""

    tables: Mapping[str, Table]
    definitions: Mapping[str, Mapping[str, str]]

    def table(self, name: str) -> Table:
        """The mart of that name.

        Raises:
            EcosystemError: there is none.
        """
        if name not in self.tables:
            raise EcosystemError(f"There is no mart {name}: correct what reads it in publishing/semantic.")
        return self.tables[name]


def of_publication(publication: Path) -> Contract:
    """The contract as a publication's folder tells it: its manifest, and its mart ``kpi_definition``.

    Raises:
        EcosystemError: there is no manifest, or it cannot be read.
    """
    manifest = read_manifest(publication)
    tables = {
        name: Table(
            name=name,
            area=mart["area"],
            description=_one_line(mart["description"]),
            columns=tuple(_column(column, column["type"]) for column in mart["columns"]),
            key=tuple(mart["primary_key"]),
            references=tuple(Reference(**reference) for reference in mart["references"]),
        )
        for name, mart in sorted(manifest["marts"].items())
    }
    rows = pq.read_table(publication / manifest["marts"][DEFINITIONS]["file"]).to_pylist()
    newest = sorted(rows, key=lambda row: int(row["definition_version"]))
    return Contract(tables, {row["definition_id"]: {name: str(row[name]) for name in row} for row in newest})


def of_project(root: Path) -> Contract:
    """The contract as the dbt project in ``root`` declares it; nothing is built.

    Raises:
        EcosystemError: dbt cannot read the project, or a column has a type that is not published.
    """
    # dbt takes a second to load, and whoever reads a publication needs none of it.
    from warehouse.mart_pages import DEFINITIONS as SEED
    from warehouse.mart_pages import definitions, parsed

    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "manifest.json"
        parsed(root).writable_manifest().write(str(file))
        marts = read_marts(file)
        nodes = json.loads(file.read_text(encoding="utf-8"))["nodes"]
    types = {
        node["name"]: {name: column["data_type"] for name, column in node["columns"].items()}
        for node in nodes.values()
        if node["resource_type"] == "model"
    }
    tables = {
        mart.name: Table(
            name=mart.name,
            area=mart.area,
            description=_one_line(mart.description),
            columns=tuple(
                _column({"name": name, **about}, _duckdb_type(mart.name, name, types[mart.name][name]))
                for name, about in mart.columns.items()
            ),
            key=mart.key,
            references=mart.references,
        )
        for mart in marts
    }
    return Contract(tables, definitions(root / SEED))


def _column(about: Mapping[str, Any], type_: str) -> Column:
    return Column(about["name"], type_, _one_line(about["description"]), about["unit"], about["definition"])


def _duckdb_type(mart: str, column: str, declared: str) -> str:
    if match := _DECIMAL.fullmatch(declared):
        return f"DECIMAL({match[1]},{match[2]})"
    if declared not in DUCKDB_TYPES:
        raise EcosystemError(
            f"The column {mart}.{column} has the type {declared}, which no reader is promised: "
            f"use one of {', '.join(DUCKDB_TYPES)} or decimal(p, s)."
        )
    return DUCKDB_TYPES[declared]


def _one_line(text: str) -> str:
    return " ".join(text.split())
