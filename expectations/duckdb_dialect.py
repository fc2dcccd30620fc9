"""DuckDB for Great Expectations, which knows no such data source of its own.

Great Expectations reaches databases through SQLAlchemy and compiles its checks for the dialects it knows. DuckDB speaks
nearly all of PostgreSQL's SQL, so this dialect says it is PostgreSQL and repairs the four places where that is not
true; each was measured with duckdb 2.0, SQLAlchemy 2.1 and Great Expectations 1.24, and each expectation class that the
suites use has a test.
"""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy
from duckdb_engine import Dialect as DuckDBEngineDialect
from sqlalchemy import text
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import registry

# DuckDB's names (without parameters, upper case) for the types that marts may have.
_TYPES: dict[str, type[sqltypes.TypeEngine[Any]]] = {
    "BIGINT": sqltypes.BIGINT,
    "BOOLEAN": sqltypes.BOOLEAN,
    "DATE": sqltypes.DATE,
    "DECIMAL": sqltypes.DECIMAL,
    "DOUBLE": sqltypes.DOUBLE,
    "INTEGER": sqltypes.INTEGER,
    "TIMESTAMP": sqltypes.TIMESTAMP,
    "VARCHAR": sqltypes.VARCHAR,
}

_COLUMNS = text(
    "select table_name, column_name, data_type, is_nullable, column_default, comment from duckdb_columns()"
    " where schema_name = coalesce(:schema, 'main') order by table_name, column_index"
)


class ReadOnlyDuckDB(DuckDBEngineDialect):
    """A DuckDB file opened for reading only, in the shape Great Expectations expects."""

    # Regular expressions and quantiles are compiled only for dialects that Great Expectations knows by name.
    name = "postgresql"
    driver = "duckdb_readonly"
    supports_statement_cache = False

    # Great Expectations fetches after it closed the connection; DuckDB drops a pending result when its transaction
    # ends. Reading a file that nobody can write needs no transaction.
    def do_begin(self, connection: Any) -> None:  # noqa: D102
        pass

    def do_commit(self, connection: Any) -> None:  # noqa: D102
        pass

    def do_rollback(self, connection: Any) -> None:  # noqa: D102
        pass

    def get_multi_columns(
        self,
        connection: Any,
        schema: str | None,
        filter_names: Collection[str] | None,
        scope: Any,
        kind: Any,
        **kw: Any,
    ) -> Iterable[tuple[tuple[str | None, str], list[dict[str, Any]]]]:
        """Columns of a schema's tables and views; SQLAlchemy's own query reads pg_collation, which DuckDB lacks."""
        wanted = set(filter_names) if filter_names else None
        columns: dict[tuple[str | None, str], list[dict[str, Any]]] = {}
        for table, column, data_type, nullable, default, comment in connection.execute(_COLUMNS, {"schema": schema}):
            if wanted is None or table in wanted:
                columns.setdefault((schema, table), []).append(
                    {
                        "name": column,
                        # Great Expectations prints every column's type and fails on one without a name; lists are only
                        # printed.
                        "type": _TYPES.get(data_type.split("(")[0].upper(), sqltypes.VARCHAR)(),
                        "nullable": nullable,
                        "default": default,
                        "comment": comment,
                    }
                )
        return columns.items()


registry.register("duckdb.readonly", __name__, ReadOnlyDuckDB.__name__)


def connection_string(file: Path) -> str:
    """The SQLAlchemy address of a DuckDB file that is read through :class:`ReadOnlyDuckDB`."""
    return f"duckdb+readonly:///{file}"


def engine_options() -> dict[str, Any]:
    """Options of ``create_engine``: read-only, and one connection for all checks."""
    return {"connect_args": {"read_only": True}, "poolclass": sqlalchemy.StaticPool}
