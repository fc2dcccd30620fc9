"""The dbt project on Spark: one local session that writes plain Parquet, and what it is compared with."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

PROJECT = Path(__file__).resolve().parents[3] / "dbt_project"
# Queries over a few thousand rows: compiling them costs more than running them. Measured on the path to vendor_month:
# 65 CPU seconds so, 75 with generated code, 82 with the second compiler of the Java machine too.
SMALL_QUERIES = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
}


class Spark:
    """The Spark target: dbt in this process, its tables as Parquet files that any engine reads."""

    def __init__(self, root: Path, again: Callable[[Any], None]) -> None:
        from pyspark.sql import SparkSession

        settings = {
            "spark.sql.warehouse.dir": str(root / "tables"),
            # tables are known to this session only; a company's session has a metastore
            "spark.sql.catalogImplementation": "in-memory",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": "1g",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            **SMALL_QUERIES,
        }
        builder = SparkSession.builder.master("local[2]").appName("test")
        for name, value in settings.items():
            builder = builder.config(name, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")
        self._root = root
        self._again = again
        self._manifest: Any = None

    def tell(self, file: Path) -> None:
        """Give Spark the control tables of a warehouse file."""
        self.session.sql("create schema if not exists control")
        with duckdb.connect(str(file), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'control'")
            for (table,) in tables.fetchall():
                path = self._root / f"{table}.parquet"
                connection.execute(f"copy control.{table} to '{path}' (format parquet)")
                rows = self.session.read.parquet(str(path))
                # DuckDB's instants have no zone; to Spark that is another type
                zoned = {name: rows[name].cast("timestamp") for name, kind in rows.dtypes if kind == "timestamp_ntz"}
                rows.withColumns(zoned).write.mode("overwrite").saveAsTable(f"control.{table}")

    def dbt(self, *command: str) -> Any:
        """Run one command; fails with what dbt said."""
        from dbt.cli.main import dbtRunner

        os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
        options = [
            "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target", "spark", "--quiet",
            "--cache-selected-only", "--log-level-file", "none",
            "--target-path", str(self._root / "target"), "--log-path", str(self._root / "logs"),
        ]  # fmt: skip
        if self._manifest is None:
            parsed = dbtRunner().invoke(["parse", *options])
            assert parsed.success, parsed.exception
            self._manifest = parsed.result
        self._again(self._manifest)
        outcome = dbtRunner(manifest=self._manifest).invoke([*command, *options])
        failures = [
            f"{result.node.name}: {result.message}"
            for result in (getattr(outcome.result, "results", None) or [])
            if str(result.status) in ("error", "fail")
        ]
        assert outcome.success, outcome.exception or "\n".join(failures)
        return outcome.result

    def files(self, relation: str) -> str:
        """The Parquet files of a table, or of what a view shows, as a pattern."""
        schema, table = relation.split(".")
        folder = self._root / "tables" / f"{schema}.db" / table
        if not folder.exists():
            folder = self._root / "views" / relation
            self.session.table(relation).write.mode("overwrite").parquet(str(folder))
        return str(folder / "*.parquet")


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory, again: Callable[[Any], None]) -> Iterator[Spark]:
    engine = Spark(tmp_path_factory.mktemp("spark"), again)
    yield engine
    engine.session.stop()


@pytest.fixture(scope="session")
def company(warehouse_at: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A warehouse of DuckDB over a landing zone of its own, empty yet."""
    return warehouse_at(tmp_path_factory.mktemp("company"))
