"""What is read back from the .hyper file is what was published."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tableauhyperapi import Connection, HyperProcess, TableName, Telemetry

from ecosystem.errors import EcosystemError, UsageError
from publishing.hyper import FILE_NAME, MANIFEST_NAME, SCHEMA, write_hyper
from publishing.manifest import sha256

TYPES = {"VARCHAR": "TEXT", "BIGINT": "BIG_INT", "INTEGER": "INT", "BOOLEAN": "BOOL"}


@pytest.fixture(scope="module")
def written(manifest: Mapping[str, Any], publication: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_hyper(manifest, publication, tmp_path_factory.mktemp("hyper"))


@pytest.fixture
def opened(written: Path, tmp_path: Path) -> Iterator[Connection]:
    with (
        HyperProcess(Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_dir": str(tmp_path)}) as server,
        Connection(server.endpoint, written) as connection,
    ):
        yield connection


def test_every_mart_has_its_names_and_types(opened, contract):
    tables = {table.name.unescaped for table in opened.catalog.get_table_names(SCHEMA)}
    assert len(tables) >= 49
    assert tables == set(contract.tables)
    for name, table in contract.tables.items():
        columns = opened.catalog.get_table_definition(TableName(SCHEMA, name)).columns
        found = [(column.name.unescaped, str(column.type)) for column in columns]
        assert found == [(one.name, _type(one.type)) for one in table.columns]


def _type(duckdb_type: str) -> str:
    return TYPES.get(duckdb_type, duckdb_type.replace("DECIMAL", "NUMERIC").replace(",", ", "))


def test_every_mart_has_the_rows_and_sums_of_its_parquet_file(opened, contract, publication):
    added = 0
    for name, table in contract.tables.items():
        numbers = [column.name for column in table.columns if column.is_number]
        texts = [column.name for column in table.columns if column.type == "VARCHAR"]
        sums = [f'cast(sum("{one}") as double precision)' for one in numbers]
        wanted = ", ".join(["count(*)", *sums, *(f'max("{one}")' for one in texts)])
        with duckdb.connect() as connection:
            expected = connection.sql(f"select {wanted} from '{publication / f'{name}.parquet'}'").fetchall()[0]
        found = opened.execute_list_query(f'select {wanted} from "{SCHEMA}"."{name}"')[0]
        assert found[0] > 0
        assert tuple(found) == expected, name
        added += len(numbers)
    assert added > 400


def test_the_manifest_beside_it_says_what_it_is(written, manifest):
    beside = json.loads((written.parent / MANIFEST_NAME).read_text())
    assert beside["build_id"] == manifest["build_id"]
    assert beside["sha256"] == sha256(written)
    assert beside["rows"] == {name: mart["rows"] for name, mart in manifest["marts"].items()}
    assert sorted(file.name for file in written.parent.iterdir()) == [FILE_NAME, MANIFEST_NAME]


def test_no_log_is_left_where_one_works(manifest, publication, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = {**manifest, "marts": {"vendor_month": manifest["marts"]["vendor_month"]}}
    write_hyper(one, publication, tmp_path / "out")
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_a_mart_with_other_rows_than_published_is_refused(manifest, publication, tmp_path):
    mart = {**manifest["marts"]["vendor_month"], "rows": 5}
    with pytest.raises(EcosystemError, match=r"has 5 rows in .* and 4 in the \.hyper file"):
        write_hyper({**manifest, "marts": {"vendor_month": mart}}, publication, tmp_path)
    assert not (tmp_path / FILE_NAME).exists()


def test_a_type_without_a_counterpart_is_refused(manifest, publication, tmp_path):
    mart = manifest["marts"]["vendor_month"]
    odd = {**mart, "columns": [{**mart["columns"][0], "type": "MAP(VARCHAR, INTEGER)"}]}
    with pytest.raises(EcosystemError, match=r"no type for vendor_month\.vendor_key"):
        write_hyper({**manifest, "marts": {"vendor_month": odd}}, publication, tmp_path)


def test_without_tableaus_library_one_is_told_what_to_install(manifest, publication, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tableauhyperapi", None)
    with pytest.raises(UsageError, match=r"vendor-ecosystem-warehouse\[tableau\]"):
        write_hyper(manifest, publication, tmp_path)
