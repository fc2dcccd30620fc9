"""Tableau's extract format: one ``.hyper`` file with every mart of a publication, names and types as published."""

import json
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from ecosystem.errors import EcosystemError, UsageError
from publishing.manifest import sha256

SCHEMA = "marts"
FILE_NAME = "ecosystem.hyper"
MANIFEST_NAME = "hyper.json"


def write_hyper(manifest: Mapping[str, Any], publication: Path, folder: Path) -> Path:
    """Write ``ecosystem.hyper`` and, beside it, ``hyper.json`` (build, rows by mart, checksum) into ``folder``.

    ``publication`` is the folder whose manifest this is. Returns the ``.hyper`` file.

    Raises:
        UsageError: the optional library that writes it is not installed.
        EcosystemError: a column's type has no counterpart, or a mart came out with other rows than were published.
    """
    hyper = _library()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE_NAME
    unfinished = folder / f".unfinished-{FILE_NAME}"
    with (
        tempfile.TemporaryDirectory() as logs,
        hyper.HyperProcess(hyper.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_dir": logs}) as server,
        hyper.Connection(server.endpoint, unfinished, hyper.CreateMode.CREATE_AND_REPLACE) as connection,
    ):
        connection.catalog.create_schema(SCHEMA)
        rows = {
            name: _copy(connection, _definition(hyper, name, mart), publication / mart["file"], mart["rows"])
            for name, mart in sorted(manifest["marts"].items())
        }
    unfinished.replace(file)
    content = {"build_id": manifest["build_id"], "as_of": manifest["as_of"], "rows": rows}
    written = {**content, "file": file.name, "sha256": sha256(file)}
    (folder / MANIFEST_NAME).write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    return file


def _library() -> Any:
    try:
        return import_module("tableauhyperapi")
    except ImportError as error:
        raise UsageError(
            "A .hyper file needs Tableau's library, which is not installed: "
            "run 'pip install vendor-ecosystem-warehouse[tableau]'."
        ) from error


def _definition(hyper: Any, name: str, mart: Mapping[str, Any]) -> Any:
    nullable = hyper.NULLABLE
    columns = [
        hyper.TableDefinition.Column(column["name"], _type(hyper, name, column["name"], column["type"]), nullable)
        for column in mart["columns"]
    ]
    return hyper.TableDefinition(hyper.TableName(SCHEMA, name), columns)


def _type(hyper: Any, mart: str, column: str, duckdb_type: str) -> Any:
    if duckdb_type.startswith("DECIMAL("):
        precision, scale = duckdb_type.removeprefix("DECIMAL(").removesuffix(")").split(",")
        return hyper.SqlType.numeric(int(precision), int(scale))
    makers = {
        "VARCHAR": hyper.SqlType.text,
        "BIGINT": hyper.SqlType.big_int,
        "INTEGER": hyper.SqlType.int,
        "DOUBLE": hyper.SqlType.double,
        "BOOLEAN": hyper.SqlType.bool,
        "DATE": hyper.SqlType.date,
        "TIMESTAMP": hyper.SqlType.timestamp,
    }
    if duckdb_type not in makers:
        raise EcosystemError(f"Hyper has no type for {mart}.{column} ({duckdb_type}): add one to publishing/hyper.py.")
    return makers[duckdb_type]()


def _copy(connection: Any, definition: Any, parquet: Path, published: int) -> int:
    """Hyper reads the Parquet file itself; columns go by name, in the order of the contract."""
    connection.catalog.create_table(definition)
    columns = ", ".join(str(column.name) for column in definition.columns)
    source = str(parquet).replace("'", "''")
    rows: int = connection.execute_command(
        f"insert into {definition.table_name} select {columns} from external('{source}', format => 'parquet')"  # noqa: S608
    )
    if rows != published:
        raise EcosystemError(
            f"The mart {definition.table_name} has {published} rows in {parquet} and {rows} in the .hyper file: "
            "make the publication anew and run this again."
        )
    return rows
